"""Tries `eccoe tuf` against repositories that python-tuf writes, good ones and attacks.

    client_cases.py <eccoe>

Speaks the command line of TUF's conformance suite, over http on the loopback address. Prints
`ok <case>` or `FAILED <case>: <why>` for each case, and ends with 1 when any has failed.
"""

import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
from datetime import datetime, timedelta, timezone

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    SuccinctRoles,  # noqa: F401  (shows that this python-tuf is new enough)
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer

CASES = []
SIGNER = CryptoSigner.generate_ed25519


def case(function):
    CASES.append(function)
    return function


def at(days):
    return datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=days)


class Repository:
    """A repository in memory: what the next publication will say, and what is served."""

    def __init__(self, consistent=True, make=SIGNER):
        self.make = make
        self.served = {}
        self.asked = []
        self.signers = {role: [make()] for role in ("root", "timestamp", "snapshot", "targets")}
        self.root = Root(expires=at(30), consistent_snapshot=consistent)
        for role, signers in self.signers.items():
            for signer in signers:
                self.root.add_key(signer.public_key, role)
        self.targets = Targets(expires=at(30))
        self.snapshot = Snapshot(expires=at(30))
        self.timestamp = Timestamp(expires=at(30))
        self.delegated = {}
        self.hashes = False
        self.publish_root()
        self.publish()

    def signed(self, content, signers):
        metadata = Metadata(content)
        for signer in signers:
            metadata.sign(signer, append=True)
        return metadata.to_bytes(JSONSerializer(compact=True))

    def publish_root(self, signers=None):
        data = self.signed(self.root, signers or self.signers["root"])
        self.served[f"metadata/{self.root.version}.root.json"] = data
        return data

    def next_root(self, *former):
        """One more version, signed by the keys of now and by those before."""
        self.root.version += 1
        self.publish_root([*self.signers["root"], *former])

    def name(self, role, version):
        from urllib.parse import quote

        prefix = f"{version}." if self.root.consistent_snapshot else ""
        return f"metadata/{prefix}{quote(role, '')}.json"

    def described(self, version, data):
        if not self.hashes:
            return MetaFile(version)
        return MetaFile.from_data(version, data, ["sha256"])

    def publish_targets(self):
        """Writes all targets roles and has the snapshot name them."""
        roles = {"targets": self.targets, **self.delegated}
        for role, content in roles.items():
            data = self.signed(content, self.signers[role])
            self.served[self.name(role, content.version)] = data
            self.snapshot.meta[f"{role}.json"] = self.described(content.version, data)

    def publish_snapshot(self):
        data = self.signed(self.snapshot, self.signers["snapshot"])
        self.served[self.name("snapshot", self.snapshot.version)] = data
        self.timestamp.snapshot_meta = self.described(self.snapshot.version, data)

    def publish_timestamp(self):
        self.served["metadata/timestamp.json"] = self.signed(
            self.timestamp, self.signers["timestamp"]
        )

    def publish(self):
        self.publish_targets()
        self.publish_snapshot()
        self.publish_timestamp()

    def bump(self):
        """A next version of everything below the root."""
        self.targets.version += 1
        self.snapshot.version += 1
        self.timestamp.version += 1
        self.publish()

    def rotate(self, role):
        for signer in self.signers[role]:
            self.root.revoke_key(signer.public_key.keyid, role)
        former = self.signers[role]
        self.signers[role] = [self.make()]
        self.root.add_key(self.signers[role][0].public_key, role)
        return former

    def add_target(self, path, content, role="targets"):
        file = TargetFile.from_data(path, content, ["sha256"])
        (self.targets if role == "targets" else self.delegated[role]).targets[path] = file
        folder, _, name = path.rpartition("/")
        if self.root.consistent_snapshot:
            name = f"{file.hashes['sha256']}.{name}"
        self.served["targets/" + (f"{folder}/{name}" if folder else name)] = content

    def delegate(self, by, role, paths=None, prefixes=None, terminating=False):
        signer = self.signers.setdefault(role, [self.make()])[0]
        holder = self.targets if by == "targets" else self.delegated[by]
        if holder.delegations is None:
            holder.delegations = Delegations(keys={}, roles={})
        holder.delegations.roles[role] = DelegatedRole(
            role, [], 1, terminating, paths, prefixes
        )
        holder.add_key(signer.public_key, role)
        self.delegated.setdefault(role, Targets(expires=at(30)))

    def metadata_asked(self):
        return [path.removeprefix("metadata/") for path in self.asked if path[0] == "m"]


class Client:
    """The program under test, with folders of its own."""

    def __init__(self, program, url, repository):
        self.program, self.url, self.repository = program, url, repository
        self.folder = tempfile.TemporaryDirectory()
        self.metadata = os.path.join(self.folder.name, "metadata")
        self.targets = os.path.join(self.folder.name, "targets")
        os.mkdir(self.metadata)
        os.mkdir(self.targets)
        self.said = ""

    def run(self, *arguments):
        self.repository.asked.clear()
        done = subprocess.run(
            [self.program, "tuf", *arguments], capture_output=True, text=True, timeout=60
        )
        self.said = done.stdout + done.stderr
        assert done.returncode in (0, 1), f"status {done.returncode}: {self.said}"
        assert (done.returncode == 0) == (done.stderr == ""), self.said
        return done.returncode == 0

    def init(self, root=None):
        file = os.path.join(self.folder.name, "root")
        with open(file, "wb") as output:
            output.write(root or self.repository.served["metadata/1.root.json"])
        done = self.run("--metadata-dir", self.metadata, "init", file)
        assert self.repository.asked == []
        return done

    def refresh(self):
        return self.run(
            "--metadata-url", f"{self.url}/metadata", "--metadata-dir", self.metadata, "refresh"
        )

    def download(self, path):
        return self.run(
            "--metadata-url", f"{self.url}/metadata", "--metadata-dir", self.metadata,
            "--target-name", path, "--target-base-url", f"{self.url}/targets",
            "--target-dir", self.targets, "download",
        )

    def version(self, role):
        try:
            with open(os.path.join(self.metadata, f"{role}.json"), "rb") as file:
                return json.load(file)["signed"]["version"]
        except FileNotFoundError:
            return None

    def versions(self):
        return [self.version(role) for role in ("root", "timestamp", "snapshot", "targets")]

    def held(self):
        contents = []
        for folder, _, names in os.walk(self.targets):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    contents.append(file.read())
        return sorted(contents)

    def expect_refused(self, done, *words):
        assert not done, "it was taken"
        for word in words:
            assert word in self.said, f"{word!r} is not said: {self.said}"


def serve():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            path = self.path.lstrip("/")
            repository = self.server.repository
            repository.asked.append(path)
            from urllib.parse import unquote

            data = repository.served.get(path)
            if data is None and path.startswith("targets/"):
                data = repository.served.get(unquote(path))
            self.send_response(404 if data is None else 200)
            self.send_header("Content-Length", str(len(data or b"")))
            self.end_headers()
            try:
                self.wfile.write(data or b"")
            except ConnectionError:
                pass

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


# --- what must work


@case
def first_refresh_asks_for_each_file_once(new):
    repository, client = new()
    assert client.init() and client.refresh(), client.said
    assert repository.metadata_asked() == [
        "2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json",
    ], repository.asked
    assert client.versions() == [1, 1, 1, 1]
    assert client.refresh()
    assert repository.metadata_asked() == ["2.root.json", "timestamp.json"], repository.asked


@case
def download_refreshes_first(new):
    repository, client = new()
    client.init()
    client.expect_refused(client.download("no such target"), "no such target")
    assert client.versions() == [1, 1, 1, 1]


@case
def roots_are_followed_one_by_one(new):
    repository, client = new()
    client.init()
    for _ in range(4):
        repository.next_root(*repository.rotate("root"))
    assert client.refresh(), client.said
    assert client.version("root") == 5


@case
def an_expired_root_on_the_way_does_not_matter(new):
    repository, client = new()
    client.init()
    repository.root.expires = at(-1)
    repository.next_root()
    repository.root.expires = at(30)
    repository.next_root()
    assert client.refresh() and client.version("root") == 3, client.said


@case
def unknown_members_are_signed_too(new):
    repository, client = new()
    client.init()
    repository.root.unrecognized_fields["custom"] = {"a": [1, 2, None, True]}
    key = next(iter(repository.root.keys.values()))
    key.unrecognized_fields["extra"] = "ü\"\\"
    repository.next_root()
    repository.targets.unrecognized_fields["x"] = "y"
    repository.bump()
    assert client.refresh() and client.versions() == [2, 2, 2, 2], client.said


def of_kind(make, name):
    def works(new):
        repository, client = new(make=make)
        repository.add_target("a.txt", b"content")
        repository.bump()
        client.init()
        assert client.download("a.txt") and client.held() == [b"content"], client.said

    works.__name__ = f"keys_of_kind_{name}"
    return works


case(of_kind(CryptoSigner.generate_ecdsa, "ecdsa"))
case(of_kind(CryptoSigner.generate_rsa, "rsa"))


@case
def repositories_without_consistent_snapshots(new):
    repository, client = new(consistent=False)
    repository.add_target("path/a.txt", b"content")
    repository.bump()
    client.init()
    assert client.download("path/a.txt") and client.held() == [b"content"], client.said
    assert "metadata/snapshot.json" in repository.asked
    assert "targets/path/a.txt" in repository.asked


@case
def lengths_and_hashes_of_metadata(new):
    repository, client = new()
    repository.hashes = True
    repository.bump()
    client.init()
    assert client.refresh(), client.said
    repository.bump()
    assert client.refresh() and client.versions() == [1, 3, 3, 3], client.said


@case
def expired_files_of_an_earlier_run_still_guard(new):
    repository, client = new()
    client.init()
    repository.bump()
    assert client.refresh()
    # What is held has expired meanwhile; it is put there as an earlier run would have.
    repository.timestamp.expires = at(-1)
    repository.timestamp.version = 5
    repository.publish_timestamp()
    expired = repository.served["metadata/timestamp.json"]
    with open(os.path.join(client.metadata, "timestamp.json"), "wb") as file:
        file.write(expired)
    repository.timestamp.expires = at(30)
    repository.timestamp.version = 4
    repository.publish_timestamp()
    client.expect_refused(client.refresh(), "rollback")
    repository.timestamp.version = 6
    repository.publish_timestamp()
    assert client.refresh() and client.version("timestamp") == 6, client.said


@case
def a_timestamp_of_the_same_version_changes_nothing(new):
    repository, client = new()
    client.init()
    assert client.refresh()
    repository.timestamp.snapshot_meta = MetaFile(100)
    repository.publish_timestamp()
    assert client.refresh(), client.said
    with open(os.path.join(client.metadata, "timestamp.json"), "rb") as file:
        assert json.load(file)["signed"]["meta"]["snapshot.json"]["version"] == 1


@case
def rotated_keys_allow_lower_versions_again(new):
    for role in ("timestamp", "snapshot"):
        repository, client = new()
        client.init()
        repository.timestamp.version = repository.snapshot.version = 99
        repository.targets.version = 99
        repository.publish()
        assert client.refresh() and client.versions() == [1, 99, 99, 99], client.said
        for each in {"snapshot", "timestamp"} if role == "snapshot" else {"timestamp"}:
            repository.rotate(each)
        repository.next_root()
        repository.timestamp.version = 1
        if role == "snapshot":
            repository.snapshot.version = repository.targets.version = 1
        repository.publish()
        assert client.refresh(), client.said
        assert client.version("timestamp") == 1
        assert client.version("snapshot") == (1 if role == "snapshot" else 99)


# --- targets


@case
def targets_are_downloaded_once(new):
    repository, client = new()
    client.init()
    repository.add_target("a/b/c.txt", b"first")
    repository.bump()
    assert client.download("a/b/c.txt") and client.held() == [b"first"], client.said
    assert client.download("a/b/c.txt") and client.held() == [b"first"]
    assert not any(path.startswith("targets/") for path in repository.asked)
    repository.add_target("a/b/c.txt", b"second")
    repository.bump()
    assert client.download("a/b/c.txt") and client.held() == [b"second"], client.said


@case
def substituted_targets_are_refused(new):
    repository, client = new()
    client.init()
    repository.add_target("a.txt", b"genuine")
    repository.bump()
    path = next(path for path in repository.served if path.startswith("targets/"))
    for false in (b"tampered", b"genuine and more", b"", b"x" * (1 << 20)):
        repository.served[path] = false
        assert not client.download("a.txt") and client.held() == []
    del repository.served[path]
    assert not client.download("a.txt") and client.held() == []
    repository.served[path] = b"genuine"
    assert client.download("a.txt") and client.held() == [b"genuine"], client.said


@case
def odd_target_names_stay_in_the_folder(new):
    repository, client = new()
    client.init()
    names = ["../../evil", "/etc/evil", "a b", "100%", "a?b#c", "..", "ünï"]
    for name in [name for name in names if name.isascii()]:
        repository.add_target(name, name.encode())
    repository.bump()
    for name in names:
        client.download(name)
    inside = os.listdir(client.targets)
    assert "evil" not in os.listdir(client.folder.name), inside
    assert all(not os.path.isdir(os.path.join(client.targets, name)) for name in inside), inside


TREES = {
    "one": ([("targets", "A", ["*"], False)], ["A"]),
    "order": (
        [("targets", "A", ["*"], False), ("targets", "B", ["*"], False),
         ("A", "C", ["*"], False), ("A", "D", ["*"], False)],
        ["A", "C", "D", "B"],
    ),
    "deep": (
        [("targets", "A", ["*"], False), ("targets", "B", ["*"], False),
         ("A", "C", ["*"], False), ("C", "D", ["*"], False)],
        ["A", "C", "D", "B"],
    ),
    "terminating": (
        [("targets", "A", ["*"], False), ("targets", "B", ["*"], False),
         ("A", "C", ["*"], True), ("A", "D", ["*"], False), ("C", "E", ["*"], False)],
        ["A", "C", "E"],
    ),
    "patterns": (
        [("targets", "A", ["*.py"], False), ("targets", "B", ["m*"], False),
         ("A", "C", ["*"], False), ("B", "D", ["*/*"], False), ("B", "E", ["missin?"], False)],
        ["B", "E"],
    ),
    "cycle": (
        [("targets", "A", ["*"], False), ("targets", "B", ["*"], False),
         ("B", "C", ["*"], False), ("C", "D", ["*"], False), ("D", "B", ["*"], False)],
        ["A", "B", "C", "D"],
    ),
    "two delegators": (
        [("targets", "A", ["*"], False), ("targets", "B", ["*"], False),
         ("B", "C", ["*"], False), ("A", "C", ["*.py"], False)],
        ["A", "B", "C"],
    ),
}


@case
def delegations_are_searched_in_order(new):
    for name, (edges, order) in TREES.items():
        repository, client = new()
        client.init()
        for by, role, paths, terminating in edges:
            repository.delegate(by, role, paths=paths, terminating=terminating)
        repository.bump()
        assert not client.download("missing")
        asked = [path.split(".")[1] for path in repository.metadata_asked()[4:]]
        assert asked == order, f"{name}: {asked}"


@case
def only_who_is_delegated_a_path_speaks_for_it(new):
    repository, client = new()
    client.init()
    repository.delegate("targets", "B", paths=["releases/*/*"])
    repository.delegate("B", "C", paths=["releases/x/*"])
    repository.add_target("releases/x/1", b"of C", role="C")
    repository.add_target("releases/y/1", b"not of C", role="C")
    repository.bump()
    assert client.download("releases/x/1") and client.held() == [b"of C"], client.said
    assert not client.download("releases/y/1") and client.held() == [b"of C"]


@case
def hash_bins(new):
    from hashlib import sha256

    repository, client = new()
    client.init()
    for digit in "0123456789abcdef":
        repository.delegate("targets", f"bin-{digit}", prefixes=[digit])
    path = "some/file.txt"
    digit = sha256(path.encode()).hexdigest()[0]
    repository.add_target(path, b"in its bin", role=f"bin-{digit}")
    repository.bump()
    assert client.download(path) and client.held() == [b"in its bin"], client.said
    assert [path for path in repository.metadata_asked() if "bin-" in path] == [
        f"1.bin-{digit}.json"
    ]


@case
def odd_role_names_are_quoted(new):
    from urllib.parse import quote

    for role in ("?", "#", "/delegated", "../delegated", "a b"[:1] + "%2e"):
        repository, client = new()
        client.init()
        repository.delegate("targets", role, paths=["*"])
        repository.bump()
        assert not client.download("missing")
        assert f"metadata/1.{quote(role, '')}.json" in repository.asked, repository.asked
        assert len(os.listdir(client.metadata)) == 5


@case
def delegated_roles_are_checked_like_others(new):
    def expired(repository):
        repository.delegated["A"].expires = at(-1)

    def unsigned(repository):
        repository.signers["A"] = [SIGNER()]

    for spoil in (expired, unsigned):
        repository, client = new()
        client.init()
        repository.delegate("targets", "A", paths=["*"])
        spoil(repository)
        repository.add_target("a.txt", b"content", role="A")
        repository.bump()
        assert not client.download("a.txt") and client.held() == [], spoil.__name__
        assert client.version("A") is None


# --- attacks


@case
def a_first_root_that_is_none(new):
    for spoil in ("version", "sig", "garbage"):
        repository, client = new()
        root = json.loads(repository.served["metadata/1.root.json"])
        if spoil == "version":
            del root["signed"]["version"]
        if spoil == "sig":
            root["signatures"][0]["sig"] = "00" * 64
        client.init(b"{" if spoil == "garbage" else json.dumps(root).encode())
        assert not client.refresh(), spoil
        assert repository.asked == []


@case
def roots_that_are_not_signed_by_both(new):
    for by in ("old", "new"):
        repository, client = new()
        client.init()
        former = repository.rotate("root")
        repository.root.version += 1
        repository.publish_root(former if by == "old" else repository.signers["root"])
        client.expect_refused(client.refresh(), "root")
        assert client.version("root") == 1


@case
def roots_of_another_version(new):
    repository, client = new()
    client.init()
    for version in (1, 3):
        repository.root.version = version
        data = repository.signed(repository.root, repository.signers["root"])
        repository.served["metadata/2.root.json"] = data
        client.expect_refused(client.refresh(), "version")
        assert client.version("root") == 1


@case
def an_expired_root_is_kept_and_ends_it(new):
    repository, client = new()
    client.init()
    assert client.refresh()
    repository.root.expires = at(-1)
    repository.next_root()
    repository.bump()
    client.expect_refused(client.refresh(), "expired")
    assert client.versions() == [2, 1, 1, 1]


@case
def expired_files_are_refused(new):
    for role in ("timestamp", "snapshot", "targets"):
        repository, client = new()
        client.init()
        assert client.refresh()
        getattr(repository, role).expires = at(-5)
        repository.bump()
        client.expect_refused(client.refresh(), "expired", role)
        assert client.version(role) == 1, role


@case
def rollbacks_are_refused(new):
    for role in ("timestamp", "snapshot", "targets"):
        for hashes in (False, True):
            repository, client = new()
            repository.hashes = hashes
            client.init()
            repository.bump()
            repository.bump()
            assert client.refresh() and client.versions() == [1, 3, 3, 3], client.said
            # Everything above the role goes on.
            repository.timestamp.version += 1
            if role == "targets":
                repository.snapshot.version += 1
            getattr(repository, role).version = 2
            if role == "timestamp":
                repository.timestamp.version = 2
            repository.publish()
            client.expect_refused(client.refresh(), "rollback")
            assert client.version(role) == 3, role


@case
def targets_that_vanish_from_the_snapshot(new):
    repository, client = new()
    client.init()
    assert client.refresh()
    repository.snapshot.version += 1
    repository.timestamp.version += 1
    del repository.snapshot.meta["targets.json"]
    repository.publish_snapshot()
    repository.publish_timestamp()
    assert not client.refresh()
    assert client.version("snapshot") == 1


@case
def files_of_another_version_than_named(new):
    repository, client = new()
    client.init()
    repository.snapshot.version = 2
    data = repository.signed(repository.snapshot, repository.signers["snapshot"])
    repository.served["metadata/1.snapshot.json"] = data
    client.expect_refused(client.refresh(), "version")
    assert client.versions() == [1, 1, None, None]
    repository.snapshot.version = 1
    repository.publish_snapshot()
    repository.targets.version = 2
    data = repository.signed(repository.targets, repository.signers["targets"])
    repository.served["metadata/1.targets.json"] = data
    client.expect_refused(client.refresh(), "version")
    assert client.versions() == [1, 1, 1, None]


@case
def files_of_another_hash_than_named(new):
    repository, client = new()
    repository.hashes = True
    repository.bump()
    client.init()
    assert client.refresh()
    repository.bump()
    for role, version in (("snapshot", 2), ("targets", 2)):
        path = f"metadata/3.{role}.json"
        genuine = repository.served[path]
        repository.served[path] = genuine.replace(b":", b": ", 1)
        client.expect_refused(client.refresh(), role)
        assert client.version(role) == version, role
        repository.served[path] = genuine
    assert client.refresh() and client.versions() == [1, 3, 3, 3], client.said


@case
def endless_data(new):
    for path in ("timestamp.json", "2.root.json", "1.snapshot.json", "1.targets.json"):
        repository, client = new()
        client.init()
        repository.served[f"metadata/{path}"] = b" " * (20 << 20)
        assert not client.refresh(), path


@case
def too_few_keys(new):
    repository, client = new()
    client.init()
    assert client.refresh()
    repository.signers["snapshot"] += [SIGNER(), SIGNER()]
    for signer in repository.signers["snapshot"]:
        repository.root.add_key(signer.public_key, "snapshot")
    repository.root.roles["snapshot"].threshold = 3
    repository.next_root()
    all_three = repository.signers["snapshot"]
    repository.signers["snapshot"] = all_three[:2]
    repository.bump()
    client.expect_refused(client.refresh(), "signatures")
    assert client.versions() == [2, 2, 1, 1]
    repository.signers["snapshot"] = all_three
    repository.bump()
    assert client.refresh() and client.version("snapshot") == 3, client.said


@case
def one_key_under_many_ids_counts_once(new):
    repository, client = new()
    client.init()
    assert client.refresh()
    signer = repository.signers["snapshot"][0]
    written = signer.public_key.to_dict()
    ids = []
    for number in range(5):
        from securesystemslib.signer import Key

        key = Key.from_dict(f"{number:064x}", json.loads(json.dumps(written)))
        repository.root.add_key(key, "snapshot")
        ids.append(key.keyid)
    repository.root.roles["snapshot"].threshold = 3
    repository.next_root()
    repository.bump()
    path = f"metadata/{repository.snapshot.version}.snapshot.json"
    snapshot = json.loads(repository.served[path])
    signature = snapshot["signatures"][0]["sig"]
    snapshot["signatures"] += [{"keyid": each, "sig": signature} for each in ids]
    repository.served[path] = json.dumps(snapshot).encode()
    client.expect_refused(client.refresh(), "signatures")
    assert client.version("snapshot") == 1


@case
def a_file_of_another_type(new):
    repository, client = new()
    # One key for all roles: only the type tells them apart.
    for role in ("snapshot", "targets", "timestamp"):
        repository.rotate(role)
        for signer in repository.signers[role]:
            repository.root.revoke_key(signer.public_key.keyid, role)
        repository.signers[role] = repository.signers["root"]
        repository.root.add_key(repository.signers["root"][0].public_key, role)
    repository.next_root()
    repository.bump()
    client.init()
    assert client.refresh(), client.said
    repository.bump()
    repository.served["metadata/3.targets.json"] = repository.served["metadata/3.snapshot.json"]
    client.expect_refused(client.refresh(), "targets")
    assert client.version("targets") == 2


@case
def plain_http_elsewhere(new):
    repository, client = new()
    client.init()
    client.url = "http://127.evil.example"
    client.expect_refused(client.refresh(), "loopback")


def main():
    program = sys.argv[1]
    server = serve()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    failed = 0
    for each in CASES:
        def new(consistent=True, make=SIGNER):
            repository = Repository(consistent, make)
            server.repository = repository
            return repository, Client(program, url, repository)

        try:
            each(new)
            print(f"ok {each.__name__}", flush=True)
        except Exception as error:  # noqa: BLE001
            failed += 1
            print(f"FAILED {each.__name__}: {error!r}", flush=True)
    return 1 if failed else 0


sys.exit(main())

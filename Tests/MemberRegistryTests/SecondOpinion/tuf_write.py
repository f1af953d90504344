"""Writes a registry with python-tuf: keys of three kinds, one root rotation, one delegated body.

usage: tuf_write.py <registry folder>

The folder holds documents/: `network.json`, and member documents as `<domain>.json` with the TUF
custom of each in `<domain>.custom`. All members belong to the body "north". The result lies in
metadata/ and targets/ beside it, with consistent snapshots. Root and targets are signed by Ed25519,
ECDSA P-256 and RSA-PSS keys with a threshold of 3; the rotation replaces the ECDSA key of the root
and the timestamp key.
"""

import datetime
import hashlib
import json
import pathlib
import sys

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole, Delegations, Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp)


class Writer:
    def __init__(self, folder):
        self.folder = folder
        self.expires = datetime.datetime.now(datetime.timezone.utc).replace(
            microsecond=0) + datetime.timedelta(days=1)
        (folder / "metadata").mkdir()

    def metadata(self, signed, signers, name):
        document = Metadata(signed)
        for signer in signers:
            document.sign(signer, append=True)
        content = document.to_bytes()
        (self.folder / "metadata" / name).write_bytes(content)
        return content

    def target(self, path, content, custom):
        directory, _, name = path.rpartition("/")
        place = self.folder / "targets" / directory
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{hashlib.sha256(content).hexdigest()}.{name}").write_bytes(content)
        file = TargetFile.from_data(path, content, ["sha256"])
        if custom is not None:
            file.unrecognized_fields["custom"] = custom
        return file


def described(version, content):
    return MetaFile.from_data(version, content, ["sha256"])


def write(folder):
    writer = Writer(folder)
    documents = folder / "documents"
    kinds = [
        CryptoSigner.generate_ed25519(), CryptoSigner.generate_ecdsa(),
        CryptoSigner.generate_rsa(),
    ]
    snapshot_key, body_key = CryptoSigner.generate_ed25519(), CryptoSigner.generate_ecdsa()
    timestamp_key, next_timestamp_key = CryptoSigner.generate_rsa(), CryptoSigner.generate_ed25519()
    replacement = CryptoSigner.generate_ecdsa()

    root = Root(expires=writer.expires, consistent_snapshot=True)
    for role, signers, threshold in [
        ("root", kinds, 3), ("targets", kinds, 3), ("snapshot", [snapshot_key], 1),
        ("timestamp", [timestamp_key], 1),
    ]:
        for signer in signers:
            root.add_key(signer.public_key, role)
        root.roles[role].threshold = threshold
    writer.metadata(root, kinds, "1.root.json")

    root.version = 2
    root.revoke_key(kinds[1].public_key.keyid, "root")
    root.add_key(replacement.public_key, "root")
    root.revoke_key(timestamp_key.public_key.keyid, "timestamp")
    root.add_key(next_timestamp_key.public_key, "timestamp")
    writer.metadata(root, [*kinds, replacement], "2.root.json")

    body = Targets(expires=writer.expires)
    for document in sorted(documents.glob("*.json")):
        if document.name == "network.json":
            continue
        path = f"members/north/{document.name}"
        custom = json.loads(document.with_suffix(".custom").read_bytes())
        body.targets[path] = writer.target(path, document.read_bytes(), custom)
    body_file = writer.metadata(body, [body_key], "1.north.json")

    network = (documents / "network.json").read_bytes()
    role = DelegatedRole(
        "north", [body_key.public_key.keyid], 1, True, paths=["members/north/*"])
    targets = Targets(
        expires=writer.expires,
        targets={"network.json": writer.target("network.json", network, None)},
        delegations=Delegations({body_key.public_key.keyid: body_key.public_key}, {"north": role}))
    targets_file = writer.metadata(targets, kinds, "1.targets.json")

    snapshot = Snapshot(expires=writer.expires, meta={
        "targets.json": described(1, targets_file), "north.json": described(1, body_file)})
    snapshot_file = writer.metadata(snapshot, [snapshot_key], "1.snapshot.json")
    timestamp = Timestamp(expires=writer.expires, snapshot_meta=described(1, snapshot_file))
    writer.metadata(timestamp, [next_timestamp_key], "timestamp.json")


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]))

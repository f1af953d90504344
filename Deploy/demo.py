"""What Deploy/demo reads, makes and compares; the story itself is told there.

    demo.py <verb> <arguments>...     Prints its result; ends with 1 when the answer is no.
"""

import json
import pathlib
import re
import ssl
import sys
import textwrap
import urllib.error
import urllib.request

TICKS = {"pass": "✓", "fail": "✗", "unknown": "?"}


def get(expression):
    """A part of the JSON value on standard input: an expression over d."""
    try:
        print(eval(" ".join(expression.split()), {"d": json.load(sys.stdin)}))
    except (ValueError, LookupError, TypeError) as error:
        sys.exit(f"    no {expression}: {error!r}")


def checks(indent, *shown):
    """The lines of a report on standard input, those named (all when none is)."""
    for check in json.load(sys.stdin)["checks"]:
        if not shown or check["id"] in shown:
            # Keys and hashes by their beginnings; the report's file has them whole.
            detail = re.sub(r"[A-Za-z0-9_+/=-]{30,}", lambda m: m[0][:8] + "...", check["detail"])
            line = f"{TICKS[check['status']]} {check['id']}: {detail}"
            print(textwrap.fill(line, 100, initial_indent=indent, subsequent_indent=indent + "    "))


def behind(*files):
    """What the nodes whose statuses these are do not hold yet, one line each."""
    statuses = [json.loads(pathlib.Path(file).read_text()) for file in files]
    logs = {status["log"]["origin"]: status["log"] for status in statuses if status.get("log")}
    for status in statuses:
        held = {log["origin"]: log for log in status["followed"]}
        if status.get("log"):
            held[status["log"]["origin"]] = status["log"]
        for origin, log in logs.items():
            have = held.get(origin, {"size": 0, "confirmedSize": 0, "payloadsMissing": 0})
            if have["confirmedSize"] < log["size"] or have["payloadsMissing"]:
                print(
                    f"{status['domain']} holds {have['size']} of {log['size']} leaves of {origin},"
                    f" {have['confirmedSize']} confirmed, {have['payloadsMissing']} payloads missing"
                )


def traffic(*files):
    """Bytes that the nodes whose statuses these are have exchanged as clients."""
    counts = [json.loads(pathlib.Path(file).read_text())["traffic"] for file in files]
    print(sum(count["sent"] + count["received"] for count in counts))


def lines_of(journal):
    """Acknowledgements in a journal; a line that was cut off is none."""
    for line in pathlib.Path(journal).read_bytes().splitlines(keepends=True):
        if not line.endswith(b"\n"):
            continue
        entry = json.loads(line)
        if "index" in entry and "revision" in entry:
            yield entry


def outcomes(journal):
    """How many items of an import had which outcome."""
    counts = {}
    for entry in lines_of(journal):
        counts[entry["outcome"]] = counts.get(entry["outcome"], 0) + 1
    print(", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())))


def items(count):
    """So many items of our own format, one a line."""
    subjects = ["soil", "music", "databases", "nursing", "logic", "ceramics", "statistics"]
    for number in range(int(count)):
        subject = subjects[number % len(subjects)]
        item = {
            "id": f"GEN-{number:05}",
            "title": {"en": f"Topics in {subject}, part {number // len(subjects) + 1}"},
            "defaultLanguage": "en",
            "description": {"en": f"A generated course about {subject}, for trials of a node."},
            "provider": {"name": {"en": "University C"}},
            "awardingBody": {"name": {"en": "University C"}},
            "workloadHours": str(25 + number % 100),
        }
        print(json.dumps(item, ensure_ascii=False))


def leaves(export):
    """The leaves of an exported log, in order (C2SP tlog-tiles, entry bundles)."""
    folder = pathlib.Path(export) / "tile" / "entries"
    found = {}
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        parts = [part for part in path.relative_to(folder).parts]
        if len(parts) > 1 and parts[-2].endswith(".p"):
            parts = parts[:-2] + [parts[-2][:-2]]
        number = int("".join(part.lstrip("x") for part in parts))
        data, position, bundle = path.read_bytes(), 0, []
        while position < len(data):
            length = int.from_bytes(data[position : position + 2], "big")
            bundle.append(data[position + 2 : position + 2 + length])
            position += 2 + length
        if len(bundle) > len(found.get(number, [])):
            found[number] = bundle
    return [leaf for number in sorted(found) for leaf in found[number]]


def journal(file, export):
    """Whether every acknowledgement of a journal is a leaf of the exported log."""
    log = [json.loads(leaf) for leaf in leaves(export)]
    acknowledged = list(lines_of(file))
    for entry in acknowledged:
        leaf = log[entry["index"]] if entry["index"] < len(log) else {}
        if (leaf.get("subject"), leaf.get("revision")) != (entry["id"], entry["revision"]):
            sys.exit(f"acknowledged but not in the log: {json.dumps(entry)}")
    published = sum(leaf["type"] == "item.published" for leaf in log)
    print(f"{len(acknowledged)} {published} {len(log)}")


def tamper_credential(source, target):
    """A copy of a credential in which the learner has achieved something else."""
    credential = json.loads(pathlib.Path(source).read_text())
    credential["credentialSubject"]["achievement"]["name"] = "Doctor of Robotics"
    pathlib.Path(target).write_text(json.dumps(credential, ensure_ascii=False))


def tamper_receipt(source, target):
    """A copy of a receipt with one credit more."""
    receipt = json.loads(pathlib.Path(source).read_text())
    receipt["record"]["credits"]["number"] = "6"
    pathlib.Path(target).write_text(json.dumps(receipt, ensure_ascii=False))


def served(url, authority, origin_hashes, *needles):
    """Reads what a node serves of logs as any stranger may, and looks for words in it.

    Prints how many leaves and payloads were read; ends with 1 when a word was found.
    """
    context = ssl.create_default_context(cafile=authority)
    read = []

    def fetch(path):
        try:
            with urllib.request.urlopen(url + path, context=context, timeout=30) as answer:
                read.append((path, answer.read()))
                return read[-1][1]
        except urllib.error.HTTPError:
            return None

    count, payloads = 0, set()
    for base in ["/log/1"] + [f"/mirror/{digest}" for digest in origin_hashes.split(",")]:
        checkpoint = fetch(base + "/checkpoint")
        if checkpoint is None:
            continue
        size = int(checkpoint.split(b"\n")[1])
        for bundle in range((size + 255) // 256):
            width = min(256, size - 256 * bundle)
            suffix = f".p/{width}" if width < 256 else ""
            data = fetch(f"{base}/tile/entries/{bundle:03}{suffix}")
            if data is None:
                sys.exit(f"{url}{base} does not serve its bundle {bundle}")
            position = 0
            while position < len(data):
                length = int.from_bytes(data[position : position + 2], "big")
                leaf = json.loads(data[position + 2 : position + 2 + length])
                position += 2 + length
                count += 1
                if "payload" in leaf:
                    payloads.add(leaf["payload"].removeprefix("sha256:"))
    for digest in sorted(payloads):
        fetch(f"/v1/blobs/sha256/{digest}")
    fetch("/v1/catalogue?q=&limit=100")
    for path, data in read:
        for needle in needles:
            if needle.encode() in data:
                sys.exit(f"{url}{path} contains {needle}")
    print(f"{count} {len(payloads)}")


VERBS = {
    verb.__name__.replace("_", "-"): verb
    for verb in [
        get, checks, behind, traffic, outcomes, items, journal, tamper_credential, tamper_receipt,
        served,
    ]
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in VERBS:
        sys.exit(f"{__doc__}\nVerbs: {', '.join(VERBS)}")
    VERBS[sys.argv[1]](*sys.argv[2:])

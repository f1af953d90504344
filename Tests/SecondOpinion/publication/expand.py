"""Expands JSON-LD with PyLD and tells what was dropped: expand.py <contexts folder> <file>...

No context is fetched: what a document does not bring itself is read from the folder, and schema.org
is one vocabulary. Writes JSON: for each file the number of nodes and the values that were lost.
"""

import json
import os
import sys
from collections import Counter

from pyld import jsonld

folder, *files = sys.argv[1:]

CONTEXTS = {
    "https://www.w3.org/ns/credentials/v2": "vc-contexts/contexts/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json":
        "openbadges-contexts/context-3.0.3.json",
}


def load(url, options=None):
    if url.rstrip("/") == "https://schema.org":
        document = {"@context": {"@vocab": "http://schema.org/", "@version": 1.1}}
    elif url in CONTEXTS and os.path.exists(os.path.join(folder, CONTEXTS[url])):
        with open(os.path.join(folder, CONTEXTS[url]), encoding="utf-8") as file:
            document = json.load(file)
    else:
        raise jsonld.JsonLdError("no context is fetched", "test", {"url": url})
    return {"contextUrl": None, "documentUrl": url, "document": document}


def values(node, found, prefixes):
    """All values but those of types, which are expanded to other names; compact ones in full."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name not in ("@context", "@type", "type"):
                values(value, found, prefixes)
    elif isinstance(node, list):
        for value in node:
            values(value, found, prefixes)
    else:
        prefix, colon, rest = str(node).partition(":")
        known = prefixes.get(prefix) if colon and not rest.startswith("//") else None
        found[known + rest if known else str(node)] += 1
    return found


jsonld.set_document_loader(load)
report = {}
for path in files:
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    dropped = []
    expanded = jsonld.expand(document, {"base": ""}, on_property_dropped=dropped.append)
    context = document.get("@context") if isinstance(document, dict) else None
    prefixes = {
        name: url for name, url in (context.items() if isinstance(context, dict) else ())
        if isinstance(url, str) and url.endswith(("/", "#"))
    }
    lost = values(document, Counter(), prefixes) - values(expanded, Counter(), {})
    report[os.path.basename(path)] = {
        "nodes": len(expanded), "lost": sorted(lost), "dropped": dropped,
    }
print(json.dumps(report))

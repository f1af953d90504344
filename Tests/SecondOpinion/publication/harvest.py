"""Harvests a repository with sickle: harvest.py <base URL> <authority.pem>. Writes JSON."""

import json
import sys
from urllib.parse import urlsplit

from sickle import Sickle
from sickle.oaiexceptions import NoRecordsMatch

import local

url, authority = sys.argv[1:]
local.stand_in(urlsplit(url).hostname)


def identifiers(sickle, **arguments):
    try:
        return [header.identifier for header in sickle.ListIdentifiers(**arguments)]
    except NoRecordsMatch:
        return []


report = {}
for method in ("GET", "POST"):
    sickle = Sickle(url, http_method=method, verify=authority)
    identify = sickle.Identify()
    report[method] = {
        "granularity": identify.granularity,
        "deletedRecord": identify.deletedRecord,
        "formats": sorted(f.metadataPrefix for f in sickle.ListMetadataFormats()),
        "sets": len(list(sickle.ListSets())),
    }
    for prefix in ("lom", "oai_dc"):
        records = list(sickle.ListRecords(metadataPrefix=prefix))
        living = [r for r in records if not r.deleted]
        stamps = sorted(r.header.datestamp for r in records)
        # Every second of the harvest by itself: both ends are inclusive.
        single = []
        for stamp in sorted(set(stamps)):
            single += identifiers(sickle, metadataPrefix=prefix, **{"from": stamp, "until": stamp})
        since = identifiers(sickle, metadataPrefix=prefix, **{"from": stamps[-1]})
        record = sickle.GetRecord(metadataPrefix=prefix, identifier=living[0].header.identifier)
        report[method][prefix] = {
            "records": len({r.header.identifier for r in records}),
            "all": len(records),
            "deleted": sorted(r.header.identifier for r in records if r.deleted),
            "titled": sum(1 for r in living if "title" in r.raw),
            "single": sorted(single) == sorted(r.header.identifier for r in records),
            "since": len(since),
            "newest": stamps.count(stamps[-1]),
            "set": len(identifiers(sickle, metadataPrefix=prefix, set="isced:06:061:0613")),
            "same": record.header.identifier == living[0].header.identifier,
        }
print(json.dumps(report))

"""Updates from a registry on the disk with python-tuf and downloads one target.

usage: tuf_refresh.py <registry folder> <target path> <root version to trust>

The folder holds metadata/ and targets/. It is served over HTTP on a free port of the loopback
address. Prints what python-tuf trusts in the end as one line of JSON.
"""

import functools
import hashlib
import http.server
import json
import pathlib
import sys
import tempfile
import threading

from tuf.ngclient import Updater


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def update(folder, target, root_version):
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    root = (folder / "metadata" / f"{root_version}.root.json").read_bytes()
    try:
        with tempfile.TemporaryDirectory() as cache:
            metadata = pathlib.Path(cache, "metadata")
            targets = pathlib.Path(cache, "targets")
            metadata.mkdir()
            targets.mkdir()
            updater = Updater(
                str(metadata), f"{base}/metadata/", str(targets), f"{base}/targets/",
                bootstrap=root)
            updater.refresh()
            info = updater.get_targetinfo(target)
            if info is None:
                raise SystemExit(f"python-tuf finds no target {target}")
            path = updater.download_target(info)
            content = pathlib.Path(path).read_bytes()
            versions = {
                file.name.removesuffix(".json"): json.loads(file.read_bytes())["signed"]["version"]
                for file in metadata.glob("*.json")
            }
    finally:
        server.shutdown()
    return {
        "sha256": hashlib.sha256(content).hexdigest(),
        "custom": info.unrecognized_fields.get("custom"),
        "versions": versions,
    }


if __name__ == "__main__":
    folder, target, root_version = sys.argv[1:]
    print(json.dumps(update(pathlib.Path(folder), target, int(root_version)), sort_keys=True))

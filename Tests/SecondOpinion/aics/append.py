"""How fast the PyPI package aics-tlog appends durably: prints entries a second.

    append.py <folder> <entries a batch> <entries>
"""

import sys
import time

from aics_tlog import DirectoryTileStore, IncrementalTileWriter

folder, batch, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
writer = IncrementalTileWriter(DirectoryTileStore(folder))
entry = b"a" * 504
start = time.perf_counter()
for first in range(0, count, batch):
    writer.append([entry + first.to_bytes(8, "big") for _ in range(min(batch, count - first))])
print(count / (time.perf_counter() - start))

"""How fast the PyPI package aics-witness cosigns durably, in process: prints cosignatures a second.

    witness.py <folder> <file> <vkey>

The file holds the bodies of add-checkpoint requests, each after its length in four bytes.
"""

import sys
import time

from aics_tlog import parse_vkey
from aics_witness import LogConfig, Witness, WitnessStore
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

folder, file, vkey = sys.argv[1], sys.argv[2], sys.argv[3]
with open(file, "rb") as stream:
    data = stream.read()
bodies = []
while data:
    count = int.from_bytes(data[:4], "big")
    bodies.append(data[4 : 4 + count])
    data = data[4 + count :]
key = parse_vkey(vkey)
store = WitnessStore(folder + "/witness.db", create=True)
witness = Witness(
    "w.example/w", Ed25519PrivateKey.generate(), store, [LogConfig(key.name, (key,))]
)
start = time.perf_counter()
for body in bodies:
    witness.add_checkpoint(body)
print(len(bodies) / (time.perf_counter() - start))
store.close()

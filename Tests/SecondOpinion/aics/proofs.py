"""A second opinion on proofs, by the PyPI package aics-tlog (Python 3.12 or later).

    proofs.py <file>

Each line of the file is one tree: its number, size, older size, an index, the root, the older root,
an inclusion proof of the index and a consistency proof, hashes in hexadecimal and joined by commas
("-" for none). Entry i of tree n is "tree n entry i". For each line it verifies both proofs and
prints the same line as it would have written it; a proof that does not verify is told with exit
status 1.
"""

import sys

from aics_tlog import MerkleTree, leaf_hash, verify_consistency, verify_inclusion


def hashes(field):
    return [] if field == "-" else [bytes.fromhex(part) for part in field.split(",")]


def joined(proof):
    return ",".join(part.hex() for part in proof) or "-"


def judge(line):
    number, size, old, index = (int(field) for field in line.split()[:4])
    root, old_root, inclusion, consistency = line.split()[4:]
    tree = MerkleTree(f"tree {number} entry {i}".encode() for i in range(size))
    leaf = leaf_hash(tree.leaf_data(index))
    if not verify_inclusion(leaf, index, size, hashes(inclusion), bytes.fromhex(root)):
        sys.exit(f"tree {number}: inclusion of {index} in {size}")
    if not verify_consistency(
        old, size, bytes.fromhex(old_root), bytes.fromhex(root), hashes(consistency)
    ):
        sys.exit(f"tree {number}: consistency of {old} and {size}")
    print(
        number,
        size,
        old,
        index,
        tree.root().hex(),
        tree.root(old).hex(),
        joined(tree.inclusion_proof(index)),
        joined(tree.consistency_proof(old)),
    )


with open(sys.argv[1], encoding="ascii") as file:
    for text in file:
        judge(text)

"""A log written by the PyPI package aics-tlog, for our witness to cosign.

    log.py checkpoint <seed> <origin> <size>            prints a signed checkpoint
    log.py proof <old size> <size>                      prints a consistency proof, base64, one a line
    log.py vkey <seed> <origin>                         prints the log's verifier key
    log.py cosigned <vkey> <file>                       checks a checkpoint's cosignature by <vkey>

The seed is 32 bytes in hexadecimal; entry i of the log is "entry i".
"""

import base64
import sys

from aics_tlog import (
    Checkpoint,
    MerkleTree,
    format_vkey,
    parse_checkpoint,
    parse_note,
    parse_vkey,
    sign_checkpoint,
    verify_cosignature,
    vkey_from_ed25519,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def tree(size):
    return MerkleTree(f"entry {i}".encode() for i in range(int(size)))


def key(seed):
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))


def checkpoint(seed, origin, size):
    head = Checkpoint(origin=origin, size=int(size), root=tree(size).root())
    sys.stdout.write(sign_checkpoint(head, key(seed), origin).serialise())


def proof(old, size):
    for part in tree(size).consistency_proof(int(old)):
        print(base64.b64encode(part).decode())


def vkey(seed, origin):
    print(format_vkey(vkey_from_ed25519(origin, key(seed).public_key())))


def cosigned(text, path):
    witness = parse_vkey(text)
    with open(path, "rb") as file:
        note = parse_note(file.read())
    head = parse_checkpoint(note.text)
    for line in note.signatures:
        if line.name == witness.name and line.key_id == witness.key_id:
            good = verify_cosignature(
                line.signature, witness.name, witness.public_key, head.origin, head.size, head.root
            )
            sys.exit(0 if good else "the cosignature does not verify")
    sys.exit("no cosignature of this witness")


{"checkpoint": checkpoint, "proof": proof, "vkey": vkey, "cosigned": cosigned}[sys.argv[1]](
    *sys.argv[2:]
)

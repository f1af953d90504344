"""Runs schemathesis with a node of the tests: describe.py <host> <argument>..."""

import os
import sys
import tempfile

import local

host, *arguments = sys.argv[1:]
local.stand_in(host)

from schemathesis.cli import schemathesis  # noqa: E402  (asks no name while it is loaded)

# It leaves notes of what it found wherever it runs.
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    try:
        schemathesis(arguments)
    finally:
        os.chdir("/")

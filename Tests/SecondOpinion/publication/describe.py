"""Runs schemathesis with a node of the tests: describe.py <host> <argument>..."""

import sys

import local

host, *arguments = sys.argv[1:]
local.stand_in(host)

from schemathesis.cli import schemathesis  # noqa: E402  (asks no name while it is loaded)

schemathesis(arguments)

"""Lets Python programs reach a node of the tests, whose name stands for this machine."""

import socket

_resolve = socket.getaddrinfo


def stand_in(host):
    """From now on `host` is this machine; no other name is asked for."""

    def resolve(name, *rest, **options):
        if name not in (host, "127.0.0.1", "localhost"):
            raise OSError("this test asks nobody but " + host)
        return _resolve("127.0.0.1", *rest, **options)

    socket.getaddrinfo = resolve

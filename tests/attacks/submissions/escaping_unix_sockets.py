"""Connect to a neighbour's server on an abstract Unix address and on a path.

Expected: both are out of reach.
"""

import socket

EXPECTED = {"echo": "passed"}
ADDRESSES = [
    *("\0vault-namespaces", "\0vault-landlock"),
    *("/tmp/vault-namespaces/socket", "/tmp/vault-landlock/socket"),
    *("/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket"),
]


def echo(x):
    for address in ADDRESSES:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            try:
                with socket.socket(socket.AF_UNIX, kind) as client:
                    client.settimeout(0.2)
                    client.connect(address)
            except OSError:
                continue
            raise RuntimeError("BREACH: connected to " + repr(address))
    return x

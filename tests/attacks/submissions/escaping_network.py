"""Open sockets of every family: TCP, UDP, raw, packet, netlink, vsock, bluetooth, and use them.

Expected: none can be opened.
"""

import socket

EXPECTED = {"echo": "passed"}
FAMILIES = {"inet": 2, "inet6": 10, "netlink": 16, "packet": 17, "bluetooth": 31, "alg": 38, "vsock": 40, "xdp": 44}


def echo(x):
    for name, family in FAMILIES.items():
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            try:
                socket.socket(family, kind).close()
            except OSError:
                continue
            raise RuntimeError(f"BREACH: a socket of {name}, kind {kind}")
    return x

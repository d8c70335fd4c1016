"""Start other programs: a shell, a second Python without this module's past, a program of one's own.

Expected: they are in the same box.
"""

import os
import subprocess
import sys

EXPECTED = {"echo": "passed"}
CODE = """
import os, socket
for family in (2, 10, 16, 40):
    try:
        socket.socket(family)
        print("BREACH: socket", family)
    except OSError:
        pass
for path in ("/etc/shadow", "/tmp/vault-namespaces/neighbour.py", "/tmp/vault-landlock/neighbour.py"):
    try:
        print("BREACH:", open(path).read())
    except OSError:
        pass
"""


def echo(x):
    if isinstance(x, list):
        shell = "cat /etc/shadow /root/.profile; mount -t tmpfs x /tmp; kill -9 1; echo $((6 * 7))"
        commands = [[sys.executable, "-I", "-c", CODE], ["/bin/sh", "-c", shell], ["/usr/bin/unshare", "-r", "id"]]
        for command in commands:
            try:
                done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=1)
            except (OSError, subprocess.SubprocessError):
                continue
            if b"BREACH" in done.stdout or b"root:" in done.stdout or b"uid=0" in done.stdout:
                raise RuntimeError(f"BREACH: {command[0]}: {done.stdout[:300]}")
    return x

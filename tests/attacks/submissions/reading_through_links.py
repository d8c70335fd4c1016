"""Reach private files through symbolic and hard links, /proc/*/root and /proc/*/cwd, and "..".

Expected: every way ends at the same walls.
"""

import os
import sys

EXPECTED = {"echo": "passed"}
TARGETS = ["/tmp/vault-namespaces/neighbour.py", "/tmp/vault-landlock/neighbour.py", "/etc/shadow", "/root"]


def ways(target):
    yield from (f"/proc/{p}/root{target}" for p in ("self", "1", os.getppid()))
    yield from (f"/proc/{p}/cwd/{'../' * 9}{target}" for p in ("self", "1", os.getppid()))
    yield "../" * 12 + target
    for make in (os.symlink, os.link):
        try:
            make(target, f"a-{make.__name__}")
            yield f"a-{make.__name__}"
        except OSError:
            pass


def echo(x):
    for target in TARGETS:
        for path in ways(target):
            try:
                found = os.listdir(path) if os.path.isdir(path) else open(path).read()
            except OSError:
                found = ""
            if found:
                raise RuntimeError(f"BREACH: {path}: {found[:200]}")
        for name in ("a-symlink", "a-link"):
            if os.path.lexists(name):
                os.unlink(name)
    return x

"""Reach private files through symbolic and hard links, /proc/*/root, "..", and list what lies above.

Expected: every way ends at the same walls, and no neighbour's name is seen.
"""

import os

EXPECTED = {"echo": "passed"}
TARGETS = ["/tmp/vault-namespaces/neighbour.py", "/tmp/vault-landlock/neighbour.py", "/etc/shadow", "/root/.ssh"]


def ways(target):
    yield from (f"/proc/{p}/root{target}" for p in ("self", "1", os.getppid()))
    yield from (f"/proc/{p}/cwd/{'../' * 9}{target}" for p in ("self", "1", os.getppid()))
    yield "../" * 12 + target
    for make in (os.symlink, os.link):
        try:
            make(target, f"{make.__name__}-{target.count('l')}")
            yield f"{make.__name__}-{target.count('l')}"
        except OSError:
            pass


def echo(x):
    for target in TARGETS:
        for path in ways(target):
            try:
                found = os.listdir(path) if os.path.isdir(path) else open(path).read()
            except OSError:
                continue
            raise RuntimeError(f"BREACH: {path}: {found[:200]}")
    above = os.getcwd()
    while above != "/":
        above = os.path.dirname(above)
        try:
            names = os.listdir(above)
        except OSError:
            continue
        if any(name.startswith(("vault", "grader-box", "pytest")) for name in names):
            raise RuntimeError(f"BREACH: {above}: {names}")
    return x

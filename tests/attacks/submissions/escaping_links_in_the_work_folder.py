"""Put links in the place of what the grader may touch afterwards: the data link, folders, files.

Expected: cleaning up removes the links and follows none.
"""

import os

EXPECTED = {"echo": "passed"}
TARGETS = ["/tmp/vault-namespaces", "/tmp/vault-landlock", "/", "/usr/lib", "../..", "/proc/self/root"]


def echo(x):
    for name in ("data", "../tmp", "../work", "../grader", "../../neighbour.py"):
        try:
            os.rename(name, name + "-moved")
            os.symlink("/", name)
        except OSError:
            pass
    for number, target in enumerate(TARGETS):
        if not os.path.lexists(f"link-{number}"):
            os.symlink(target, f"link-{number}")
    return x

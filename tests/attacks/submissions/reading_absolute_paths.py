"""Open well-known absolute paths: the course beside the engine, passwords, ssh keys, the labels.

Expected: no such file, or no permission, for every one.
"""

import sys
import glob
import os

EXPECTED = {"echo": "passed"}


def candidates():
    yield from ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/root/.ssh/id_rsa", "/root/.bash_history")
    yield from ("/tmp/vault-namespaces/neighbour.py", "/tmp/vault-landlock/neighbour.py")
    yield from glob.glob("/usr/share/datasets/*/*")
    yield "/usr/share/datasets/fashion-mnist/t10k-labels-idx1-ubyte.gz"
    above = sys.prefix
    while len(above) > 1:
        above = os.path.dirname(above)
        for part in ("solutions/vault/test_hidden.py", "pyproject.toml", "tests/conftest.py", "grader/grading/session.py", ".git/HEAD"):
            yield os.path.join(above, part)


def echo(x):
    for path in candidates():
        try:
            with open(path, "rb") as file:
                raise RuntimeError(f"BREACH: {path}: {file.read(300)!r}")
        except OSError:
            pass
    return x

"""Change modes, owners, times and attributes of files outside; rename, link and truncate them.

Expected: no file outside changes.
"""

import os
import sys

EXPECTED = {"echo": "passed"}
FILES = [sys.executable, os.__file__, "/usr/bin/env", "data/FashionMNIST/raw/train-labels-idx1-ubyte", sys.modules["torch"].__file__]


def echo(x):
    for path in FILES:
        before = os.stat(path)
        for change in (
            lambda p: os.chmod(p, 0o777),
            lambda p: os.chown(p, os.getuid(), -1),
            lambda p: os.utime(p, (0, 0)),
            lambda p: os.truncate(p, 0),
            lambda p: os.rename(p, p + "-vault-note"),
            lambda p: os.link(p, "linked"),
            lambda p: os.unlink(p),
            lambda p: os.setxattr(p, "user.vault", b"note"),
        ):
            try:
                change(path)
            except OSError:
                pass
        after = os.stat(path)
        for name in ("st_mode", "st_uid", "st_size", "st_nlink", "st_mtime_ns"):
            if getattr(before, name) != getattr(after, name):
                raise RuntimeError(f"BREACH: {name} of {path}")
    return x

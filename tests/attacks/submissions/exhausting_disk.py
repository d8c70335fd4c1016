"""Fill every place that can be written, 2 GiB in all. (No more, in case nothing stops it.)

Expected: no file is larger than the limit; all of it goes with the box.
"""

import os

EXPECTED = {"echo": "passed"}
FOLDERS = [".", "/tmp", "/dev/shm", "/var/tmp", os.environ.get("TMPDIR", "/tmp")]
EACH = 128 << 20


def fill(folder, at_most):
    taken = 0
    try:
        while taken < at_most:
            file = os.open(f"{folder}/full-{taken}", os.O_CREAT | os.O_WRONLY)
            os.posix_fallocate(file, 0, EACH)
            taken += EACH
            os.close(file)
    except OSError:
        pass
    return taken


def echo(x):
    if isinstance(x, list):
        taken = sum(fill(folder, 1 << 30) for folder in FOLDERS)
        try:
            os.posix_fallocate(os.open("large", os.O_CREAT | os.O_WRONLY), 0, 1 << 40)
            raise RuntimeError("BREACH: a file of 1 TiB")
        except OSError:
            pass
        if taken >= 2 << 30:
            raise RuntimeError(f"BREACH: {taken >> 20} MiB")
    return x

"""Fill every folder that can be written with 1 GiB (no more, in case nothing stops it), with one
file of 1 TiB, with thousands of files, links, nested and closed folders.

Expected: no file is larger than the limit; at namespaces the folders are small; at landlock the sum
is measured now and then, and what is found with too much is ended. All of it goes with the box.
"""

import os

EXPECTED = {"echo": "passed or error or timeout", "secret_sum": "passed"}
FOLDERS = {os.path.realpath(path) for path in (".", "/tmp", "/dev/shm", "/var/tmp", os.environ.get("TMPDIR", "/tmp"))}
EACH = 128 << 20


def fill(folder):
    taken = 0
    try:
        while taken < 1 << 30:
            with open(f"{folder}/full-{taken}", "wb") as file:
                os.posix_fallocate(file.fileno(), 0, EACH)
            taken += EACH
    except OSError:
        pass
    return taken


def echo(x):
    if isinstance(x, list):
        taken = {folder: fill(folder) for folder in FOLDERS}
        if "/box/work" in taken and max(taken.values()) > 256 << 20:
            raise RuntimeError(f"BREACH: {taken}")
        try:
            os.posix_fallocate(os.open("large", os.O_CREAT | os.O_WRONLY), 0, 1 << 40)
            raise RuntimeError("BREACH: a file of 1 TiB")
        except OSError:
            return x
    return x


def secret_sum(x):
    try:
        for number in range(1_000):
            os.close(os.open(f"file-{number}", os.O_CREAT))
            os.symlink("/", f"link-{number}")
        for number in range(1_000):
            os.mkdir("deep")
            os.chdir("deep")
        os.mkfifo("pipe")
        os.chmod(".", 0)
    except OSError:
        pass
    return (x * x).sum() + x.sum() / 2

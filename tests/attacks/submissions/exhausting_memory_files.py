"""Take memory that no process maps: nameless files and shared memory, 1 GiB. (No more, in case
nothing stops it.)

Expected: less than that can be had.
"""

import os

EXPECTED = {"echo": "passed"}
CHUNK = bytes(1 << 20)


def fill(open_one):
    taken, files = 0, []
    try:
        while taken < 1 << 30:
            files.append(open_one(len(files)))
            for _ in range(100):
                taken += os.write(files[-1], CHUNK)
    except OSError:
        pass
    for file in files:
        os.close(file)
    return taken >> 20


def echo(x):
    if isinstance(x, list):
        taken = fill(lambda n: os.memfd_create("vault"))
        taken += fill(lambda n: os.open(f"/dev/shm/{n}", os.O_CREAT | os.O_WRONLY))
        if taken >= 1 << 10:
            raise RuntimeError(f"BREACH: {taken} MiB")
    return x

"""List the folders above the work folder and other boxes' folders; watch shared folders for names.

Expected: no neighbour's name is seen.
"""

import ctypes
import os

EXPECTED = {"echo": "passed"}


def echo(x):
    above = os.getcwd()
    while above != "/":
        above = os.path.dirname(above)
        try:
            names = os.listdir(above)
        except OSError:
            continue
        if any(name.startswith(("vault", "grader-box", "pytest")) for name in names):
            raise RuntimeError(f"BREACH: {above}: {names}")
    libc = ctypes.CDLL(None)
    watch = libc.inotify_init()
    for folder in (b"/tmp/vault-namespaces", b"/tmp/vault-landlock"):
        if watch >= 0 and libc.inotify_add_watch(watch, folder, 0xFFF) >= 0:
            raise RuntimeError("BREACH: watching")
    return x

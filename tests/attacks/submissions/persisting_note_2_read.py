"""Look for the note of the submission before, persisting_note_1_write.py.

Expected: there is none.
"""

import os
import sys

EXPECTED = {"echo": "passed"}
FOLDERS = [".", "..", "/", "/tmp", "/dev/shm", "/var/tmp", "/run", "/dev", "/dev/mqueue", "/box", "/grader", "data"]
FOLDERS += [os.path.expanduser("~"), os.environ.get("TMPDIR", "/tmp"), *sys.path]
FOUND = [folder for folder in FOLDERS if os.path.exists(os.path.join(folder, "vault-note"))]


def echo(x):
    if FOUND:
        raise RuntimeError(f"BREACH: {FOUND}")
    return x

"""Walk the file system for the hidden checks, the reference and other people's files.

Expected: nothing of the course, of the grader's private parts or of a neighbour is visible.
"""

import os
import time

EXPECTED = {"echo": "passed"}
NAMES = {"test_hidden.py", "assignment.toml", "misconceptions.py", "neighbour.py", "results_folder.py"}


def echo(x):
    end = time.monotonic() + 1.2
    for top in ("/tmp", "/home", "/root", "/srv", "/opt", "/var", "/work", "/mnt", "/box", "/"):
        for folder, folders, files in os.walk(top):
            found = NAMES & set(files)
            if found:
                raise RuntimeError(f"BREACH: {folder}: {found}")
            if time.monotonic() > end:
                return x
            if top == "/":
                folders[:] = [f for f in folders if f not in ("proc", "sys", "usr", "lib")]
    return x

"""Leave a note for the next submission in every folder that can be written.

Expected: echo works; persisting_note_2_read.py finds nothing.
"""

import os
import sys

EXPECTED = {"echo": "passed"}
FOLDERS = [".", "..", "/", "/tmp", "/dev/shm", "/var/tmp", "/run", "/dev", "/dev/mqueue", "/box", "/grader", "data"]
FOLDERS += [os.path.expanduser("~"), os.environ.get("TMPDIR", "/tmp"), *sys.path]


def echo(x):
    for folder in FOLDERS:
        try:
            with open(os.path.join(folder, "vault-note"), "w") as file:
                file.write("a note")
        except OSError:
            pass
    return x

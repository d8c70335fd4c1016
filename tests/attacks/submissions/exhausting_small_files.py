"""Make files and folders without end, 20,000 of them nested and side by side.

Expected: all of them go with the box.
"""

import os

EXPECTED = {"echo": "passed"}


def echo(x):
    if isinstance(x, list):
        try:
            for number in range(5_000):
                os.close(os.open(f"file-{number}", os.O_CREAT))
                os.symlink("/", f"link-{number}")
            for number in range(2_000):
                os.mkdir("deep", 0o700)
                os.chdir("deep")
            os.mkfifo("pipe")
            os.chmod(".", 0)
        except OSError:
            pass
    return x

"""Look for tokens in the environment of this process, of process 1 and of every other one.

Expected: the environment is the sandbox's own; echo works.
"""

import glob
import os

EXPECTED = {"echo": "passed"}


def echo(x):
    seen = [repr(dict(os.environ))]
    for path in glob.glob("/proc/[0-9]*/environ") + ["/proc/1/environ", f"/proc/{os.getppid()}/environ"]:
        try:
            seen.append(open(path, "rb").read().decode("utf-8", "replace"))
        except OSError:
            pass
    text = "\n".join(seen)
    if "VAULT" in text or "GRADER" in text or "/root" in text:
        raise RuntimeError("BREACH: " + text)
    return x

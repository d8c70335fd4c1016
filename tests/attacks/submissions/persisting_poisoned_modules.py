"""Leave modules and compiled files for the next start of Python: sitecustomize, .pth, .pyc, caches.

Expected: no folder of the interpreter can be written.
"""

import os
import sys
import sysconfig

EXPECTED = {"echo": "passed"}
CODE = "raise SystemExit('vault-note')"


def echo(x):
    folders = {*sys.path, *sysconfig.get_paths().values(), os.path.dirname(os.__file__), "/grader/grader/sandbox"}
    folders |= {os.path.dirname(getattr(m, "__cached__", None) or "") for m in list(sys.modules.values())}
    for folder in sorted(folders - {"", "."}):
        for name in ("sitecustomize.py", "usercustomize.py", "vault-note.pth", "vault-note.pyc"):
            try:
                with open(os.path.join(folder, name), "w") as file:
                    file.write(CODE)
            except OSError:
                continue
            raise RuntimeError(f"BREACH: wrote {name} to {folder}")
    return x

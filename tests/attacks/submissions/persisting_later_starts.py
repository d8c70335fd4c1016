"""Arrange to be started later: sitecustomize, .pth, .pyc and caches; crontabs, profiles, ssh keys.

Expected: no such place can be written.
"""

import os
import sys
import sysconfig

EXPECTED = {"echo": "passed", "secret_sum": "passed"}
FILES = ["/etc/cron.d/vault-note", "/var/spool/cron/crontabs/root", "/etc/profile", "/root/.bashrc", "/root/.ssh/authorized_keys"]
FILES += ["/etc/systemd/system/vault-note.service", "/etc/ld.so.preload", "/etc/passwd", "/usr/bin/vault-note", "/boot/vault-note"]


def write(path):
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "a") as file:
            file.write("vault-note\n")
    except OSError:
        return
    raise RuntimeError("BREACH: wrote " + path)


def echo(x):
    for path in FILES:
        write(path)
    return x


def secret_sum(x):
    folders = {*sys.path, *sysconfig.get_paths().values(), os.path.dirname(os.__file__)}
    cached = [getattr(module, "__cached__", None) for module in list(sys.modules.values())]
    folders |= {os.path.dirname(path) for path in cached if isinstance(path, str)}
    for folder in filter(os.path.isdir, sorted(folders)):
        for name in ("sitecustomize.py", "usercustomize.py", "vault-note.pth", "vault-note.pyc"):
            write(os.path.join(folder, name))
    return (x * x).sum() + x.sum() / 2

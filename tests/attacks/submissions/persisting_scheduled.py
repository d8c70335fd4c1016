"""Arrange to be started later: crontabs, profiles, units, ssh keys, git hooks.

Expected: nothing of it can be written outside the box.
"""

import os

EXPECTED = {"echo": "passed"}
FILES = ["/etc/cron.d/vault-note", "/var/spool/cron/crontabs/root", "/etc/profile", "/root/.bashrc", "/root/.ssh/authorized_keys"]
FILES += ["/etc/systemd/system/vault-note.service", "/etc/ld.so.preload", "/etc/passwd", "/usr/bin/vault-note", "/boot/vault-note"]


def echo(x):
    for path in FILES:
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "a") as file:
                file.write("* * * * * root id\n")
        except OSError:
            continue
        raise RuntimeError("BREACH: wrote " + path)
    return x

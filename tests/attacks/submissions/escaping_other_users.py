"""Become someone else: setuid, setgid, capabilities, programs with the set-user-id bit, one of own.

Expected: the user stays, and can gain nothing.
"""

import ctypes
import os
import shutil
import subprocess

EXPECTED = {"echo": "passed"}


def echo(x):
    before = os.getresuid()
    for change in (os.setuid, os.setgid, os.seteuid, lambda n: os.setgroups([n])):
        try:
            change(0)
        except OSError:
            continue
        raise RuntimeError(f"BREACH: {change}")
    libc = ctypes.CDLL(None, use_errno=True)
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
    if libc.capset(header, data) == 0:
        raise RuntimeError("BREACH: capabilities")
    if libc.prctl(39, 0, 0, 0, 0) != 1 or os.getresuid() != before or 0 in before:
        raise RuntimeError(f"BREACH: {before} may gain privileges")
    for program in ("/usr/bin/su", "/usr/bin/sudo", "/usr/bin/newgrp", "/usr/bin/pkexec"):
        if os.path.exists(program):
            done = subprocess.run([program, "-c", "id"], stdin=subprocess.DEVNULL, capture_output=True)
            if b"uid=0" in done.stdout:
                raise RuntimeError("BREACH: " + program)
    try:
        shutil.copyfile("/usr/bin/id", "own")
        os.chmod("own", 0o6755)
        if b"uid=0" in subprocess.run(["./own"], capture_output=True).stdout:
            raise RuntimeError("BREACH: own program")
    except OSError:
        pass
    return x

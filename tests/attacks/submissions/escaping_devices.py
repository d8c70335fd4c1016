"""Make device nodes and open those that are there: disks, memory, kernel log, terminals, fuse, kvm.

Expected: only null, zero, full, random and urandom, and the box's own terminals open.
"""

import ctypes
import fcntl
import os
import stat

EXPECTED = {"echo": "passed"}
NAMES = ("vda", "sda", "nvme0n1", "mem", "kmem", "port", "kmsg", "fuse", "kvm", "loop-control", "loop0", "vsock")
NAMES += ("vhost-vsock", "net/tun", "mapper/control", "uinput", "input/event0", "snapshot", "vcs", "tty1", "console")


def echo(x):
    for name in NAMES:
        try:
            os.close(os.open("/dev/" + name, os.O_RDONLY))
        except OSError:
            continue
        raise RuntimeError("BREACH: /dev/" + name)
    for kind, device in ((stat.S_IFCHR, (1, 1)), (stat.S_IFBLK, (253, 0)), (stat.S_IFCHR, (1, 3))):
        try:
            os.mknod("node", kind | 0o666, os.makedev(*device))
        except OSError:
            continue
        raise RuntimeError("BREACH: made a device")
    for fd in range(3):
        try:
            fcntl.ioctl(fd, 0x5412, ctypes.create_string_buffer(b"x"))  # TIOCSTI
        except OSError:
            continue
        raise RuntimeError("BREACH: typed into a terminal")
    return x

"""Write the kernel's settings (core_pattern, modprobe, sysrq, maps of ids), open its devices (disks,
memory, log, terminals, fuse, kvm), make devices of one's own.

Expected: none can be opened or made.
"""

import ctypes
import fcntl
import glob
import os
import stat

EXPECTED = {"echo": "passed", "secret_sum": "passed"}
FILES = ["/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sysrq-trigger", "/proc/sys/vm/overcommit_memory"]
FILES += ["/proc/self/uid_map", "/proc/self/gid_map", "/proc/1/mem", "/proc/sys/kernel/hostname", "/proc/kcore"]
FILES += ["/proc/sys/kernel/hotplug", "/sys/kernel/uevent_helper", "/sys/power/state", "/proc/sys/fs/binfmt_misc/register"]
DEVICES = ("vda", "sda", "nvme0n1", "mem", "kmem", "port", "kmsg", "fuse", "kvm", "loop-control", "loop0", "vsock")
DEVICES += ("vhost-vsock", "net/tun", "mapper/control", "uinput", "input/event0", "snapshot", "vcs", "tty1", "console")


def echo(x):
    for path in FILES + glob.glob("/sys/fs/cgroup/**/cgroup.procs", recursive=True)[:5]:
        try:
            with open(path, "r+b", 0) as file:
                file.write(b"0 0 1")
        except (OSError, ValueError):
            continue
        raise RuntimeError("BREACH: wrote " + path)
    return x


def secret_sum(x):
    for name in DEVICES:
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
    return (x * x).sum() + x.sum() / 2

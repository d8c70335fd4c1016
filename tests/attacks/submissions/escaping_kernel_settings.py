"""Write the kernel's settings: core_pattern, modprobe, sysrq, hotplug helpers, maps of ids.

Expected: no such file can be opened for writing.
"""

import glob

EXPECTED = {"echo": "passed"}
FILES = ["/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sysrq-trigger", "/proc/sys/vm/overcommit_memory"]
FILES += ["/proc/self/uid_map", "/proc/self/gid_map", "/proc/self/setgroups", "/proc/1/oom_score_adj", "/proc/1/mem"]
FILES += ["/proc/sys/kernel/hotplug", "/sys/kernel/uevent_helper", "/sys/power/state", "/proc/sys/fs/binfmt_misc/register"]
FILES += ["/dev/kmsg", "/dev/mem", "/proc/kcore", "/proc/irq/default_smp_affinity", "/proc/sys/kernel/hostname"]


def echo(x):
    for path in FILES + glob.glob("/sys/fs/cgroup/**/cgroup.procs", recursive=True)[:5]:
        try:
            with open(path, "r+b", 0) as file:
                file.write(b"0 0 1")
        except (OSError, ValueError):
            continue
        raise RuntimeError("BREACH: wrote " + path)
    return x

"""Theory of operation: what of NVIDIA's driver a box needs for CUDA, and how full the card is.

The driver comes in three parts. The kernel's part is reached through device files. The libraries
(libcuda.so.1 and what it loads) belong to the kernel's part, version by version, so that no package
brings them: they lie where the driver's installer, a container runtime or WSL put them. They are
looked for where the loader looks, and only files with a name of the driver are taken, never the
whole folder: one of LD_LIBRARY_PATH may be somebody's home. The third part, NVML, tells about the
card without starting CUDA, which would not survive a fork.

All this runs on the trusted side. Without driver or card the lists are empty and
`GpuMemory.open()` is None.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

# Not nvidia-modeset (screens), nvidia-nvswitch*, nvidia-nvlink and the IMEX channels (management,
# several machines): CUDA works without them.
DEVICE = re.compile(r"nvidia\d+|nvidiactl|nvidia-uvm|nvidia-uvm-tools|dxg")

# What CUDA reads of /proc at its start: where addresses are free (else there is "out of memory"),
# and which numbers and settings its devices have.
READ_AT_START = (
    "/proc/self",
    "/proc/devices",
    "/proc/driver/nvidia",
    "/proc/driver/nvidia-uvm",
    "/proc/sys/vm/mmap_min_addr",
)

# What NVIDIA's container runtime gives for "compute" (compute_libs in libnvidia-container's
# nvc_info.c), without those of OpenCL and of buffers for screens; NVML; the older compiler; and
# libdxcore of WSL. A number is asked for, because lib<name>.so alone may be a stub of the toolkit.
LIBRARY = re.compile(
    r"lib(cuda|cudadebugger|nvidia-(ml|ptxjitcompiler|nvvm|nvvm70|gpucomp|tileiras"
    r"|fatbinaryloader|pkcs11|pkcs11-openssl3))\.so\.[\d.]+"
    r"|libdxcore\.so"
)

# The loader looks here without being told, and what else lies here must not come before the
# libraries that PyTorch brings: LD_LIBRARY_PATH counts more than the path in a library.
SYSTEM = (
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
)
ELSEWHERE = (
    "/usr/local/nvidia/lib64",  # containers
    "/usr/local/nvidia/lib",
    "/usr/lib64-nvidia",  # Colab
    "/usr/lib/wsl/lib",
    "/run/opengl-driver/lib",  # NixOS
    "/usr/lib/x86_64-linux-gnu/nvidia/current",  # Debian, without its links
    "/usr/lib/aarch64-linux-gnu/nvidia/current",
)


# ------------------------------------------------------------------------------ files


def device_files(root: Path = Path("/")) -> list[str]:
    """The device files of /dev that CUDA needs: all cards, the driver's control, WSL's /dev/dxg."""
    dev = root / "dev"
    names = [path.name for path in dev.glob("*") if DEVICE.fullmatch(path.name)]
    names += _parts_of_cards(root / "proc/driver/nvidia-caps/mig-minors")
    return sorted(str(dev / name) for name in names if (dev / name).exists())


def _parts_of_cards(minors: Path) -> list[str]:
    """The names of the devices that let CUDA use a part of a card that is divided (MIG).

    Threat: the others of the same folder, by which such parts are made and removed.
    Test: test_divided_cards_are_used_not_managed
    """
    if not minors.exists():
        return []
    pairs = map(str.split, minors.read_text().splitlines())  # gpu0/gi1/ci0/access 13
    return [f"nvidia-caps/nvidia-cap{minor}" for what, minor in pairs if what.endswith("/access")]


def library_files() -> list[str]:
    """The files of the driver's libraries, for a box to see read-only.

    Each is given as <folder>/<name>, with the real path of the folder, as a program finds it. Where
    that is a link (libcuda.so.1 to libcuda.so.580.95), the real path of the file follows. Bind both
    at their own paths and the loader opens the first; links in between are not needed.
    """
    files = [path for folder in _folders() for path in drivers_files(folder)]
    return list(dict.fromkeys(path for file in files for path in (file, os.path.realpath(file))))


def library_folders() -> list[str]:
    """Real paths of the folders for the box's LD_LIBRARY_PATH, in the order of the search.

    They end at the first folder where the loader looks without being told: often there are none.
    Folders of the loader's cache are named too, since that may know them by links no box has.
    """
    return list(itertools.takewhile(lambda folder: folder not in SYSTEM, _folders()))


def _folders() -> list[str]:
    """Real paths of all folders with files of the driver, in the order in which the loader looks;
    where it would find none, known folders of which it was not told."""
    told = filter(os.path.isabs, os.environ.get("LD_LIBRARY_PATH", "").split(":"))
    # Real paths, since /lib is often a link to /usr/lib: no folder is taken twice.
    searched = map(os.path.realpath, [*told, *cached_folders(_loaders_cache()), *SYSTEM])
    found = [folder for folder in dict.fromkeys(searched) if drivers_files(folder)]
    return found or [real for real in map(os.path.realpath, ELSEWHERE) if drivers_files(real)]


def drivers_files(folder: str) -> list[str]:
    """The paths of the driver's libraries in this folder; none where it cannot be listed."""
    with contextlib.suppress(OSError):
        names = filter(LIBRARY.fullmatch, sorted(os.listdir(folder)))
        return [path for name in names if os.path.isfile(path := os.path.join(folder, name))]
    return []


def cached_folders(listing: str) -> list[str]:
    """The folders of the driver's 64-bit libraries in what `ldconfig -p` prints, in its order."""
    lines = re.findall(r"^\s*(\S+) \(([^)]*)\) => (.+)$", listing, re.MULTILINE)
    return [
        os.path.dirname(path)
        for name, kind, path in lines
        if LIBRARY.fullmatch(name) and ("x86-64" in kind or "AArch64" in kind)
    ]


def _loaders_cache() -> str:
    """What `ldconfig -p` prints; nothing where there is none (macOS, musl)."""
    program = shutil.which("ldconfig", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        return ""
    done = subprocess.run([program, "-p"], capture_output=True, check=False)
    return os.fsdecode(done.stdout)


# ------------------------------------------------------------------------------ memory


def card() -> str:
    """The card that a box may use: the first of the user's CUDA_VISIBLE_DEVICES, by its number on
    the bus or its UUID, or else the first there is."""
    return os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")[0].strip() or "0"


class GpuMemory:
    """The memory of the card that a box may use, in bytes, as NVML tells it.

    NVML counts cards by their place on the bus: so does CUDA if CUDA_DEVICE_ORDER is PCI_BUS_ID.
    """

    def __init__(self, nvml: Any, device: Any) -> None:
        self._nvml = nvml
        self._device = device

    @classmethod
    def open(cls) -> GpuMemory | None:
        """None without NVML, driver or card, or where the card does not tell (memory shared with
        the processor)."""
        try:
            import pynvml
        except ImportError:
            return None
        with contextlib.suppress(pynvml.NVMLError):
            pynvml.nvmlInit()
            name = card()
            by_number = pynvml.nvmlDeviceGetHandleByIndex
            device = (
                by_number(int(name)) if name.isdigit() else pynvml.nvmlDeviceGetHandleByUUID(name)
            )
            with contextlib.suppress(pynvml.NVMLError):  # raised where the card is not divided
                device = pynvml.nvmlDeviceGetMigDeviceHandleByIndex(device, 0)
            memory = cls(pynvml, device)
            memory.free()
            return memory
        return None

    def total(self) -> int:
        return int(self._nvml.nvmlDeviceGetMemoryInfo(self._device).total)

    def free(self) -> int:
        return int(self._nvml.nvmlDeviceGetMemoryInfo(self._device).free)

    def used_by(self, pids: set[int]) -> int | None:
        """What these processes hold, with what CUDA itself takes (hundreds of MB for each).

        None where it cannot be known, and where none of them is listed: they hold nothing, or the
        driver numbers processes otherwise (in a container), or it does not list any (WSL).
        """
        with contextlib.suppress(self._nvml.NVMLError):
            processes = self._nvml.nvmlDeviceGetComputeRunningProcesses(self._device)
            held = [process.usedGpuMemory for process in processes if process.pid in pids]
            return sum(held) if held and None not in held else None
        return None


def neighbours_fault(limit: int, own: int | None, free: int) -> bool:
    """Whether a submission is out of GPU memory because others hold what it was promised.

    `limit` is what it may take, no more than the idle card can give; `own` is what all of its
    processes hold, and `free` what the card had left at the same time. Nothing that the submission
    says counts, and what it takes itself lowers `free` and raises `own` alike.

    An unknown `own` is False: a submission that fills the card would otherwise blame the others.
    Whoever wants to be fair to an honest one then asks again after the end of its processes: `own`
    is 0, and `free` is what the others left.
    """
    return own is not None and free < limit - own

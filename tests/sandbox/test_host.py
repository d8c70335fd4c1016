"""One host, many submissions: what one leaves does not reach the next, at every confined level."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from in_boxes import confined, gaps

from grader.course import datasets
from grader.errors import LimitExceeded, SandboxEvent
from grader.sandbox.host import Host
from grader.sandbox.isolation import boxes
from grader.sandbox.isolation.plans import Limits
from grader.sandbox.proxies import in_sandbox
from grader.sandbox.sandbox import Sandbox, Source

# Leaves what it can: files, a daemon that nobody's end ends, a pipe that does not wait, settings of
# the process and of libraries. Then a later submission looks for it.
PROGRAM = """
import ctypes, fcntl, mmap, os, random, signal, sys, time
import torch

def leave(mark):
    for folder in (".", "/tmp", "/dev/shm", "/var/tmp", os.environ["HOME"], "/box"):
        try:
            open(os.path.join(folder, "note"), "w").write(mark)
        except OSError:
            pass
    for fd in (0, 1, 2):
        fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_NONBLOCK)
    os.environ["NOTE"] = sys.modules["note"] = mark
    torch.note = random.note = mark
    torch.set_default_dtype(torch.float64)
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
        try:
            os.setsid()
        except OSError:
            os.setpgid(0, 0)
        if os.fork() == 0:
            signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
            while True:
                time.sleep(0.01)
        os._exit(0)
    return os.getpid()

def look():
    found = []
    for folder in (".", "/tmp", "/dev/shm", "/var/tmp", os.environ["HOME"], "/box", ".."):
        with_note = []
        for path, folders, files in os.walk(folder, onerror=lambda error: None):
            with_note += [os.path.join(path, name) for name in files if name == "note"]
        found += with_note
    flags = [fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK for fd in (0, 1, 2)]
    found += [f"descriptor {fd} does not wait" for fd, flag in enumerate(flags) if flag]
    found += ["environment"] * ("NOTE" in os.environ) + ["module"] * ("note" in sys.modules)
    found += ["torch"] * hasattr(torch, "note") + ["random"] * hasattr(random, "note")
    found += ["dtype"] * (torch.get_default_dtype() != torch.float32)
    found += ["handler"] * (signal.getsignal(signal.SIGALRM) != signal.SIG_DFL)
    try:
        processes = set(filter(str.isdigit, os.listdir("/proc")))
    except OSError:
        processes = set()
    return found + sorted(processes - {str(os.getpid()), str(os.getppid())})

def descriptors():
    found = []
    for fd in range(200):
        try:
            os.fstat(fd)
            found.append(fd)
        except OSError:
            pass
    return len(found)

def rights():
    libc = ctypes.CDLL(None)
    words = (ctypes.c_uint32 * 6)()
    libc.capget((ctypes.c_uint32 * 2)(0x20080522, 0), words)
    bounding = [number for number in range(41) if libc.prctl(23, number, 0, 0, 0) == 1]
    return list(words), bounding, libc.prctl(39, 0, 0, 0, 0), libc.prctl(21, 0, 0, 0, 0)

def say(text):
    print(text)

def spread(children, megabytes):
    for _ in range(children):
        if os.fork() == 0:
            os.setpgid(0, 0)
            kept = bytearray(megabytes << 20)
            kept[::4096] = b"x" * (megabytes << 8)
            time.sleep(60)
    time.sleep(60)

def share_and_print(megabytes):
    kept = mmap.mmap(-1, megabytes << 20)
    for page in range(0, megabytes << 20, 4096):
        kept[page] = 1
        if page % (1 << 20) == 0:
            print(end="x", flush=True)
            time.sleep(0.0005)
    time.sleep(60)

def load_twice():
    import torch
    images = torch.zeros(60_000, 28, 28, dtype=torch.uint8)
    return [float((images.float() / 255).sum()) for _ in range(2)], len([images.float()] * 2)

def signal_everyone():
    for target in (os.getppid(), 0, -1):
        try:
            os.kill(target, signal.SIGKILL)
        except OSError:
            pass
"""
STUBS = (
    *("leave", "look", "descriptors", "rights", "say", "spread", "share_and_print"),
    *("signal_everyone", "load_twice"),
)
SOURCE = Source(
    [("hw.py", PROGRAM, 1)],
    {},
    {},
    {
        "stubs": {name: {"parameters": [], "aliases": []} for name in STUBS},
        "spellings": {},
        "names": {},
    },
)


@contextlib.contextmanager
def a_host(level: str, limits: Limits = Limits()) -> Iterator[Host]:  # noqa: B008 (frozen)
    if gaps(level):
        pytest.skip(f"{level}: {gaps(level)[0]}")
    with Host(level, None, limits=limits) as host:
        yield host


@contextlib.contextmanager
def submission(host: Host) -> Iterator[Sandbox]:
    with Sandbox(SOURCE, host, 60) as sandbox:
        sandbox.load()
        yield sandbox


@confined
def test_nothing_of_a_submission_reaches_the_next(level: str) -> None:
    """Files, daemons, descriptors' flags, variables, modules and settings end with a submission."""
    with a_host(level) as host:
        for _ in range(2):
            with submission(host) as sandbox, sandbox.open_check(30, 30, 1) as first:
                assert first.look() == []
                first.leave("vault-note")

        with submission(host) as sandbox, sandbox.open_check(30, 30, 1) as last:
            assert last.look() == []


@confined
def test_capabilities_are_gone(level: str) -> None:
    """A submission has no capability and no way to one; the filter is on."""
    with (
        a_host(level) as host,
        submission(host) as sandbox,
        sandbox.open_check(30, 30, 1) as only,
    ):
        capabilities, bounding, no_new_privileges, filtered = only.rights()

    assert capabilities == [0] * 6
    assert (no_new_privileges, filtered) == (1, 2)
    if level == "namespaces":
        assert bounding == []


@confined
def test_processes_end_with_their_submission(level: str) -> None:
    """When a submission has ended, the host is alone again, whatever was started."""
    with a_host(level) as host:
        with submission(host):
            pass
        alone = family(host)
        with submission(host) as sandbox, sandbox.open_check(30, 30, 1) as only:
            only.leave("x")
            assert len(family(host)) >= len(alone) + 3

        assert family(host) == alone


def family(host: Host) -> set[int]:
    """Every living process that comes from the host's box, and its first one."""
    assert host._box is not None
    parents = {}
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        with contextlib.suppress(OSError):
            state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
            if state not in "ZX":
                parents[pid] = int(parent)
    found = {host._box.process.pid}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


@confined
def test_host_survives_signals_to_everyone(level: str) -> None:
    """A submission that signals its parent, its group and all processes hits itself only."""
    with a_host(level) as host:
        with submission(host) as sandbox, sandbox.open_check(30, 30, 1) as hostile:
            box = host._box
            with contextlib.suppress(SandboxEvent):
                hostile.signal_everyone()

        with submission(host) as sandbox, sandbox.open_check(30, 30, 1) as honest:
            honest.say("still here")
        assert host._box is box
        assert sandbox.printed == b"still here\n"


@confined
def test_memory_of_all_processes_together_is_limited(level: str) -> None:
    """Many processes, each below the limit of one, end their submission and nothing else."""
    with a_host(level, Limits(box_bytes=2 << 30)) as host:
        with submission(host) as sandbox:
            box = host._box
            with (
                sandbox.open_check(30, 30, 1) as greedy,
                pytest.raises(LimitExceeded, match="more than 2 GiB of memory"),
            ):
                greedy.spread(8, 400)
            with sandbox.open_check(30, 30, 1) as modest:
                modest.say("here")
        assert host._box is box


@confined
def test_memory_that_is_shared_or_filled_while_printing_counts(level: str) -> None:
    """Neither memory that a process maps as shared nor a program that never stops printing hides
    from the limit."""
    with (
        a_host(level, Limits(memory_bytes=3 << 30, box_bytes=2 << 30)) as host,
        submission(host) as sandbox,
        sandbox.open_check(30, 30, 1) as greedy,
        pytest.raises(LimitExceeded, match="more than 2 GiB of memory"),
    ):
        greedy.share_and_print(2600)


@confined
def test_memory_counts_from_what_the_libraries_have_mapped(level: str) -> None:
    """All training images as float32, twice, fit into a limit that PyTorch's own libraries would
    exceed in its build for CUDA."""
    with (
        a_host(level, Limits(memory_bytes=1 << 30)) as host,
        submission(host) as sandbox,
        sandbox.open_check(60, 60, 1) as honest,
    ):
        assert honest.load_twice() == ([0.0, 0.0], 2)


@confined
def test_submission_holds_its_own_descriptors_only(level: str) -> None:
    """Standard input, output, errors and a socket: none of the host's, none of an earlier one's."""
    with a_host(level) as host:
        for _ in range(3):
            with submission(host) as sandbox, sandbox.open_check(30, 30, 1) as only:
                assert only.descriptors() == 4


@confined
def test_what_is_printed_belongs_to_its_submission(level: str) -> None:
    """Each submission prints into a pipe of its own."""
    with a_host(level) as host:
        for text in ("first", "second"):
            with submission(host) as sandbox, sandbox.open_check(30, 30, 1) as talking:
                talking.say(text)
            assert sandbox.printed == text.encode() + b"\n"


@confined
def test_host_is_started_again_when_it_is_lost(level: str) -> None:
    """A host that the machine killed costs the next submission a start and nothing else."""
    with a_host(level) as host:
        with submission(host):
            pass
        assert host._box is not None
        os.kill(host._box.process.pid, signal.SIGKILL)

        with submission(host) as sandbox, sandbox.open_check(30, 30, 1) as next_one:
            next_one.say("here")
        assert sandbox.printed == b"here\n"


def test_level_without_walls_gives_each_submission_a_host_of_its_own() -> None:
    """At `process` nothing ends what a submission leaves but the end of its host."""
    assert boxes.LEVELS[-1] == "process"
    with Host("process", None) as host:
        with submission(host):
            assert host._box is not None
        assert host._box is None


# ------------------------------------------------------------------------------ what is prepared


@in_sandbox
def is_imported(submission, name):  # type: ignore[no-untyped-def]
    import sys

    return name in sys.modules


@confined
def test_host_imports_before_its_first_submission(level: str) -> None:
    """Submissions find the module there; one that does not exist stops nobody."""
    if gaps(level):
        pytest.skip(f"{level}: {gaps(level)[0]}")
    with Host(level, None, imports=("no_such_module", "wave")) as host:
        for _ in range(2):
            with submission(host) as sandbox, sandbox.open_check(30, 30, 1) as check:
                assert is_imported(check, "wave")
                assert not is_imported(check, "zipapp")


# ------------------------------------------------------------------------------ public data

SUM = 2_241_528  # of the embedded training images


@in_sandbox
def sum_of_images(submission):  # type: ignore[no-untyped-def]
    return float(submission.data.tensors("FashionMNIST", "train")[0].double().sum())


@in_sandbox
def spoil_images(submission):  # type: ignore[no-untyped-def]
    images, labels = submission.data.tensors("FashionMNIST", "train")
    images.zero_()
    labels.fill_(3)
    return [float(images.sum()), list(images.shape)]


@contextlib.contextmanager
def a_host_with_data(level: str, root: Path) -> Iterator[Host]:
    if gaps(level):
        pytest.skip(f"{level}: {gaps(level)[0]}")
    with Host(level, root, data=("FashionMNIST",)) as host:
        yield host


@pytest.fixture
def public_data(tmp_path: Path) -> Path:
    """The public part of the embedded data, which a test may remove."""
    source = datasets.find("FashionMNIST", Path("embedded")).public_root
    return Path(shutil.copytree(source, tmp_path / "public"))


@confined
def test_spoilt_images_are_spoilt_for_their_check_only(level: str, public_data: Path) -> None:
    """All share one reading of the data; what a check writes into it, no other one sees."""
    with a_host_with_data(level, public_data) as host:
        for _ in range(2):
            with submission(host) as sandbox:
                for _ in range(2):
                    with sandbox.open_check(30, 30, 1) as check:
                        assert sum_of_images(check) == pytest.approx(SUM, abs=1)
                    with sandbox.open_check(30, 30, 1) as check:
                        assert spoil_images(check) == [0.0, [10_000, 1, 28, 28]]
                        assert sum_of_images(check) == pytest.approx(SUM, abs=1)


@confined
def test_data_is_read_once_for_all_submissions(level: str, public_data: Path) -> None:
    """The host reads it before its first submission, and nobody reads it again."""
    with a_host_with_data(level, public_data) as host:
        with submission(host):
            pass
        shutil.rmtree(public_data / "FashionMNIST")

        with submission(host) as sandbox, sandbox.open_check(30, 30, 1) as check:
            assert sum_of_images(check) == pytest.approx(SUM, abs=1)

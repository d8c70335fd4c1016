"""Theory of operation: the small program that turns into the worker.

plans.py writes a plan, a list of [step, argument] pairs; boxes.py starts this file with it. Each
step changes this process once, in the order of the plan; the last one replaces it (exec). It is a
program and not a `preexec_fn`: code between fork and exec may deadlock a threaded parent.

    namespaces  outside: [reveal, drop_root as root], bwrap ; inside: run
    landlock    [reveal, drop_root as root], supervise, run
    process     run

What runs is the host. In each process that it forks for a submission, worker.py carries out the
second part, which no exec follows (and hide_gpus for one that computes on the processor):

    namespaces  enter_namespaces, limit, limit_memory, seccomp, enter_workdir
    landlock    make_scratch_dir, supervise, limit, limit_memory, limit_processes, landlock,
                seccomp, enter_workdir
    process     make_scratch_dir, limit, limit_memory, enter_workdir

A step that fails ends the process with status 126 and one sentence on stderr.
It is started with `python -I -S`, so nothing of the environment or of site-packages is loaded, and
it needs nothing but the standard library and its two neighbours.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from grader.sandbox.inside import landlock as landlock_rules
from grader.sandbox.inside import namespaces
from grader.sandbox.inside import seccomp as seccomp_filter

FAILED = 126
NOBODYS = 65533  # 65534 also stands for every id that a container does not know
UNUSED_IDS = 0x70000000  # systemd's table of user ids calls 0x70000000 to 0x7fffffff unused


def reveal(wanted: dict[str, list[Any]]) -> None:
    """As root: make these paths reachable for a user who may not enter a folder above them.

    A private mount namespace, which ends with this process, covers each closed folder (like root's
    home, mode 0700) with an empty one and binds into it the needed paths only. `links` are the
    (path, real path) pairs through which some of them are reached.
    """
    needed = [part for path in wanted["paths"] for part in _open_parts(Path(path).resolve())]
    covers = {cover for path in needed if (cover := _closed(path))}
    if not covers:
        return
    try:
        namespaces.unshare_mounts()
    except OSError as error:
        raise OSError(
            error.errno,
            f"the sandbox's user may not enter {', '.join(map(str, sorted(covers)))}, and mounts of"
            " its own are refused here; install Python, grader and the data where every user may"
            " read, or run as a user who is not root",
        ) from None
    inside = {path for path in needed if covers.intersection(path.parents)}
    roots = [path for path in inside if not inside.intersection(path.parents)]
    namespaces.cover(covers, "mode=755,size=4m", roots)
    for link, real in wanted["links"]:
        if covers.intersection(Path(link).parents) and not os.path.lexists(link):
            Path(link).parent.mkdir(parents=True, exist_ok=True)
            os.symlink(real, link)


def _open_parts(path: Path) -> list[Path]:
    """The path; in place of a closed folder its parts, since a bind keeps the folder's mode."""
    if not path.exists():
        return []
    if not path.is_dir() or _may_enter(path):
        return [path]
    parts = [part for child in path.iterdir() for part in _open_parts(child)]
    if not 0 < len(parts) <= MOST_PARTS:
        raise PermissionError(_unreadable(path))
    return parts


def _unreadable(path: Path) -> str:
    folder = path if path.is_dir() else path.parent
    return f"the sandbox's user may not read {path}; allow it with chmod -R a+rX {folder}"


def _closed(path: Path) -> Path | None:
    """The outermost folder on the way to `path` that other users may not enter."""
    return next((parent for parent in reversed(path.parents) if not _may_enter(parent)), None)


def _may_enter(folder: Path) -> bool:
    return bool(folder.stat().st_mode & 0o001)


MOST_PARTS = 64


def drop_root(paths: dict[str, list[str]]) -> None:
    """As root: become a user who owns nothing but the paths of `owned`.

    Inside a user namespace made by root, /proc/sys belongs to the box. And a user of its own, where
    the ids allow, shares no process count, pipe budget or file with a neighbour.
    """
    user = next(filter(_is_mapped, (UNUSED_IDS + os.getpid(), NOBODYS)), None)
    if user is None:
        raise PermissionError(
            "this container has no user id for the sandbox; run as a user who is not root"
        )
    for own in paths["owned"]:
        os.chown(own, user, user)
        os.chmod(own, 0o700)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    end_with_parent(signal.SIGKILL)
    data = [path for root in paths["data"] for path in (Path(root), *Path(root).rglob("*"))]
    for path in [*map(Path, paths["needed"]), *data]:
        if not os.access(path, os.R_OK):
            raise PermissionError(_unreadable(path))


def _is_mapped(user: int) -> bool:
    """Whether this user namespace knows the id (a container may have 65,536 of them only)."""
    rows = (map(int, line.split()) for line in Path("/proc/self/uid_map").read_text().splitlines())
    return any(first <= user < first + count for first, _, count in rows)


def supervise(_: None) -> None:
    """Go on in a child; stay, as the parent, to end all that comes from it.

    Threat: survivors. The parent is to the box what process 1 is to a namespace: orphans become its
    children, and it kills the whole box at once. kill(-1) reaches the scope only; from inside its
    own, smaller scope the box cannot signal the parent.
    """
    import ctypes

    pr_set_child_subreaper = 36
    ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0)
    seccomp_filter.no_new_privileges()
    landlock_rules.scope_signals()
    _stay_behind(lambda worker: os.kill(-1, signal.SIGKILL))


def enter_namespaces(mounts: dict[str, Any]) -> None:
    """Go on as process 1 of new namespaces; stay, as their parent outside, to end it.

    Threat: a submission that leaves a process, a file, a mount or a segment of memory for the next
    one, or looks for the host that forked it.
    """
    namespaces.unshare()
    _stay_behind(lambda worker: os.kill(worker, signal.SIGKILL))
    namespaces.mount(mounts)
    namespaces.drop_capabilities()


def _stay_behind(kill: Callable[[int], None]) -> None:
    """Fork. The child returns; the parent waits until the child ends, the parent's own parent ends
    or SIGTERM comes, then kills what the child has left, awaits its end and ends itself."""
    end_with_parent(signal.SIGTERM)
    awaited = {signal.SIGTERM, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    worker = os.fork()
    if worker == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, awaited)
        end_with_parent(signal.SIGKILL)
        os.setpgid(0, 0)  # kill(0) reaches a whole group, whatever namespaces it spans
        return
    os.closerange(0, os.sysconf("SC_OPEN_MAX"))  # the box's ends are the worker's alone
    status = None
    while status is None and signal.sigwait(awaited) == signal.SIGCHLD:
        status = _reap(worker)
    with contextlib.suppress(ProcessLookupError):
        kill(worker)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    os._exit(128 + signal.SIGTERM if status is None else status)


def _reap(worker: int) -> int | None:
    """Wait for children that ended; the worker's exit status if it is one of them."""
    ended, status = os.waitpid(-1, os.WNOHANG)
    while ended:
        if ended == worker:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
        ended, status = os.waitpid(-1, os.WNOHANG)
    return None


def limit(limits: dict[str, int]) -> None:
    """Set the resource limits: {"NOFILE": 512, ...}, the names of setrlimit without RLIMIT_."""
    import resource

    for name, soft in limits.items():
        kind = getattr(resource, "RLIMIT_" + name)
        # At the soft CPU limit comes SIGXCPU, which code can ignore; at the hard one the kill.
        hard = soft + 5 if name == "CPU" else soft
        allowed = resource.getrlimit(kind)[1]
        if allowed != resource.RLIM_INFINITY:
            soft, hard = min(soft, allowed), min(hard, allowed)
        try:
            resource.setrlimit(kind, (soft, hard))
        except (ValueError, OSError):
            if sys.platform != "darwin":  # macOS takes no limit on addresses
                raise


def limit_memory(bound: dict[str, Any]) -> None:
    """Allow `bytes` beyond what is mapped by now: libraries map as much as PyTorch's build has (of
    addresses 0.6 GiB for processors, 3.6 with CUDA) before any student code runs.

    kind: "AS" counts all addresses, "DATA" private memory that can be written.
    """
    mapped = 0
    if sys.platform == "linux":  # macOS takes no such limit anyway
        pages = Path("/proc/self/statm").read_text().split()
        mapped = int(pages[{"AS": 0, "DATA": 5}[bound["kind"]]]) * os.sysconf("SC_PAGE_SIZE")
    limit({bound["kind"]: mapped + bound["bytes"]})


def limit_processes(more: int) -> None:
    """Threat: fork bombs. Without a user namespace the kernel counts the threads of the user, so
    what the user runs already is added."""
    running = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if process.stat().st_uid == os.getuid():
                running += len(os.listdir(process / "task"))
    limit({"NPROC": running + more})


def landlock(rules: dict[str, Any]) -> None:
    """Confine this process to the files of the rules."""
    seccomp_filter.no_new_privileges()
    landlock_rules.restrict(**rules)


def seccomp(variant: dict[str, Any]) -> None:
    """Install the system call filter."""
    seccomp_filter.install(seccomp_filter.program(**variant))


def bwrap(plan: dict[str, Any]) -> None:
    """Become bubblewrap, which builds the box and starts the command as its second process.

    Arguments go through a descriptor and the environment is empty: process 1 of the box is
    bubblewrap itself, and the box can read its command line and environment in /proc/1.
    """
    filter_fd = _held(seccomp_filter.program(nested=True))
    arguments = [*plan["arguments"], "--seccomp", str(filter_fd)]
    arguments_fd = _held("".join(argument + "\0" for argument in arguments).encode())
    command = ["bwrap", "--args", str(arguments_fd), "--", *plan["command"]]
    os.execve(plan["program"], command, {})


def _held(content: bytes) -> int:
    """A descriptor that survives exec and reads as this content; bubblewrap closes it."""
    handle = os.memfd_create("plan", 0)
    os.write(handle, content)
    os.lseek(handle, 0, os.SEEK_SET)
    return handle


def make_scratch_dir(folder: str) -> None:
    """Make the folders of a submission that has no file systems of its own: work/, tmp/, and data,
    a link to the public data of the box."""
    for name in ("", "work", "tmp"):
        Path(folder, name).mkdir(mode=0o700)
    Path(folder, "data").symlink_to("../../data")
    Path(folder, "work", "data").symlink_to("../data")


def enter_workdir(place: dict[str, Any]) -> None:
    """Go to the working folder; know nothing of the surroundings but this environment."""
    os.chdir(place["folder"])
    os.environ.clear()
    os.environ.update(place["environment"])


def hide_gpus(_: None) -> None:
    """Let no library find a GPU. A backward pass on the processor would start CUDA where there is
    one, and the process could not be forked any more."""
    os.environ["CUDA_VISIBLE_DEVICES"] = ""


def run(command: list[str]) -> None:
    """Become the command."""
    os.execvp(command[0], command)


STEPS: dict[str, Callable[[Any], None]] = {
    step.__name__: step
    for step in (
        *(reveal, drop_root, supervise, enter_namespaces, limit, limit_memory, limit_processes),
        *(landlock, seccomp, bwrap, make_scratch_dir, enter_workdir, hide_gpus, run),
    )
}


def is_supervised(plan: Iterable[Any]) -> bool:
    """Whether a process that carries out this plan leaves a parent behind that ends it."""
    return bool({"enter_namespaces", "supervise"} & {step for step, _ in plan})


def end_with_parent(own: signal.Signals) -> None:
    """Get this signal when the thread that started this process ends. A new user id undoes it."""
    if sys.platform != "linux":
        return
    import ctypes

    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, int(own), 0, 0, 0)


def main() -> None:
    """Carry out the plan of the first argument."""
    end_with_parent(signal.SIGKILL)
    carry_out(json.loads(sys.argv[1]))


def carry_out(plan: Iterable[Any]) -> None:
    """Take the steps of a plan. A step that fails ends the process with a sentence."""
    for name, argument in plan:
        try:
            STEPS[name](argument)
        except OSError as error:
            print(f"sandbox: {name}: {error}", file=sys.stderr, flush=True)
            os._exit(FAILED)


if __name__ == "__main__":
    main()

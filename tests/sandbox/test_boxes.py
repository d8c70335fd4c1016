"""Boxes at every level: what works in them, what they cannot reach, and how they end."""

from __future__ import annotations

import ast
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from in_boxes import ROOT, begin, confined, every_level, gaps, printed_so_far, processes_with, run

from grader.sandbox.isolation import boxes, plans
from grader.sandbox.isolation import probe as isolation
from grader.sandbox.isolation.plans import Limits


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user may enter, unlike tmp_path."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


TRAIN = """
import sys
sys.path[:0] = ["/grader", "../../../grader"]
import torch
from torch.utils.data import DataLoader, TensorDataset
from grader.sandbox.inside.batches import load_without_workers
load_without_workers()
X = torch.randn(64, 4)
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
losses = []
for workers in (0, 2, 0, 2, 0):
    for x, y in DataLoader(TensorDataset(X, X.sum(1, keepdim=True)), 16, num_workers=workers):
        optimizer.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
    losses.append(loss.item())
torch.save(model.state_dict(), "model.pt")
print(losses[-1] < losses[0], open("data/x").read(), open("../data/x").read())
"""


@every_level
def test_training_works(level: str, folder: Path) -> None:
    """torch trains, a DataLoader works with and without workers, data is at ./data and ../data."""
    (folder / "x").write_text("pixels")

    assert run(level, TRAIN, public_data=folder) == "True pixels pixels\n"


KEEP_ALL = """
import sys
sys.path[:0] = ["/grader", "../../../grader"]
import torch
from torch.utils.data import DataLoader, TensorDataset
from grader.sandbox.inside.batches import load_without_workers
load_without_workers()
X = torch.arange(1200.0)
class Loader(DataLoader):
    pass
for kind in (DataLoader, Loader):
    batches = list(kind(
        TensorDataset(X, X), 2, num_workers=4, persistent_workers=True, prefetch_factor=3))
    print(len(batches), torch.equal(torch.cat([x for x, _ in batches]), X))
"""


@every_level
def test_all_batches_of_a_loader_with_workers_can_be_kept(level: str) -> None:
    """More tensors than a process may have open files, each of a batch of its own."""
    assert run(level, KEEP_ALL, limits=Limits(open_files=256)) == "600 True\n600 True\n"


@confined
def test_host_files_are_out_of_reach(level: str, folder: Path) -> None:
    """Neither a planted file nor this project can be read, nor the data be written."""
    (folder / "answers").write_text("secret")
    (folder / "data").mkdir(mode=0o777)
    code = """if True:
        import sys
        for path in sys.argv[1:]:
            try:
                print(open(path, "a" if "data" in path else "r"))
            except OSError as error:
                print(type(error).__name__)
        """
    paths = [folder / "answers", __file__, ROOT / "grader/errors.py", "/etc/passwd", "../data/y"]

    output = run(level, code, *map(str, paths), public_data=folder / "data")

    assert set(output.split()) <= {"FileNotFoundError", "PermissionError", "OSError"}
    assert len(output.split()) == len(paths)


@confined
def test_nothing_is_inherited(level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker holds descriptors 0, 1 and 2 only and none of the grader's variables."""
    monkeypatch.setenv("GRADER_TOKEN", "secret")
    code = """if True:
        import os
        fds = []
        for fd in range(100):
            try:
                os.fstat(fd)
                fds.append(fd)
            except OSError:
                pass
        print(fds, *sorted({*os.environ} - {"PWD", "LC_CTYPE"}))
        """

    assert run(level, code).split() == ["[0,", "1,", "2]", *sorted(plans.environment(""))]


@every_level
def test_descriptor_0_is_the_socket(level: str) -> None:
    """Bytes go both ways through the socket that start() was given, which it closes."""
    if level != "process" and gaps(level):
        pytest.skip(f"{level}: {gaps(level)[0]}")
    code = "import socket; s = socket.socket(fileno=0); s.sendall(s.recv(9).upper())"
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-I", "-c", code]

    with ours, boxes.start(level, box_end=theirs, command=command):
        ours.sendall(b"ping")

        assert ours.recv(9) == b"PING"
        assert ours.recv(9) == b""
        assert theirs.fileno() == -1


@every_level
def test_a_memory_hog_fails_alone(level: str) -> None:
    """More memory than the limit is an exception in the box; fewer bytes are no problem."""
    code = """if True:
        kept = bytearray(100 << 20)
        try:
            bytearray(30 << 30)
        except MemoryError:
            print("refused")
        """

    assert run(level, code, limits=Limits(memory_bytes=1 << 30)) == "refused\n"


@every_level
def test_limits_are_set(level: str) -> None:
    """Files, processor time and core dumps are limited; so is memory, for CUDA what is private."""
    code = """if True:
        import resource as r
        names = ["AS", "DATA", "NOFILE", "FSIZE", "CPU", "CORE"]
        found = [r.getrlimit(getattr(r, "RLIMIT_" + name))[0] for name in names]
        print([f"{n >> 30} GiB" if n > 1 << 30 else n for n in found])
        """
    limits = Limits(1 << 30, 64, 100, 1 << 20, 60)

    assert run(level, code, limits=limits) == f"['1 GiB', -1, 100, {1 << 20}, 60, 0]\n"
    assert run(level, code, limits=limits, cuda=True).startswith("[-1, '1 GiB', 100")


WHAT_CUDA_DOES = """if True:
    import os, socket, threading

    def tried(action):
        try:
            action()
            return "done"
        except OSError as error:
            return type(error).__name__ + " " + str(error.errno)

    def rename_a_thread():
        with open(f"/proc/self/task/{threading.get_native_id()}/comm", "w") as name:
            name.write("cuda-thread")

    def read_at_start():
        for path in ("self/maps", "self/status", "devices", "sys/vm/mmap_min_addr"):
            open(f"/proc/{path}").close()

    def listen():
        for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
            with socket.socket(socket.AF_UNIX, kind) as server:
                server.bind(f"\\0cuda-{kind}-{os.getpid()}")
                server.listen()

    def connect():
        kind = socket.AF_UNIX, socket.SOCK_SEQPACKET
        with socket.socket(*kind) as server, socket.socket(*kind) as client:
            server.bind("another")
            server.listen()
            client.connect("another")

    def send():
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).close()

    def look_at_parent():
        open(f"/proc/{os.getppid()}/maps").close()

    def change_parent():
        with open(f"/proc/{os.getppid()}/comm", "r+") as name:
            name.write("x")

    needed = (rename_a_thread, read_at_start, listen)
    others = (connect, send, look_at_parent, change_parent)
    print(*([tried(do) for do in part] for part in (needed, others)), sep=", ")
"""


def test_cuda_may_do_what_it_needs_and_no_more() -> None:
    """At landlock a box for CUDA lets it name its own threads, read of /proc what it reads, and
    listen on a socket, as it does at its start; other boxes do not. None lets anybody connect, send
    or look at another process."""
    denied, no_sockets = "PermissionError 13", "OSError 97"

    usual = ast.literal_eval(run("landlock", WHAT_CUDA_DOES))
    for_cuda = ast.literal_eval(run("landlock", WHAT_CUDA_DOES, cuda=True))

    assert usual == ([denied, denied, no_sockets], [no_sockets, no_sockets, denied, denied])
    assert for_cuda == (["done"] * 3, [denied, "OSError 93", denied, denied])


FORK_BOMB = """
import os, time
children = 0
try:
    while children < 2000:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        children += 1
except BlockingIOError:
    pass
print(children)
"""


@confined
def test_a_fork_bomb_stops_at_the_limit(level: str) -> None:
    """No more processes than the limit, and the box can still be killed."""
    # Where the kernel counts per user, threads that this user had at the start and that have ended
    # since (of this test process too) leave room for as many more.
    shared = level == "landlock" and os.geteuid() != 0
    room = len(os.listdir("/proc/self/task")) + 4 if shared else 0  # 4: the box's own launchers

    with begin(level, FORK_BOMB, limits=Limits(processes=50)) as box:
        while not (printed := printed_so_far(box)):
            time.sleep(0.01)

    assert 10 < int(printed) <= 50 + room


def test_memory_file_systems_are_small() -> None:
    """At namespaces, the folders that can be written take 64 MiB each and no other can be."""
    code = """if True:
        import os
        for folder in ("/", "/dev", "/box", "/grader/grader"):
            try:
                open(folder + "/x", "w")
            except OSError:
                print("closed")
        for folder in (".", "/tmp", "/dev/shm"):
            print(os.statvfs(folder).f_blocks * os.statvfs(folder).f_frsize >> 20)
        """

    assert run("namespaces", code).split() == ["closed"] * 4 + ["64"] * 3


SURVIVE = """
import os, sys, time
for leave in (lambda: None, os.setsid, lambda: os.setpgid(0, 0)):
    if os.fork() == 0:
        try:
            leave()
        except OSError:
            pass
        if os.fork() == 0:
            for fd in range(3):
                os.close(fd)
        time.sleep(60)
time.sleep(60)
"""


@confined
def test_kill_removes_every_process(level: str) -> None:
    """Daemons with sessions, groups and descriptors of their own end with the box."""
    mark = f"mark-{os.urandom(6).hex()}"
    before = Path("/proc/self/mountinfo").read_text()
    box = begin(level, SURVIVE, mark)
    deadline = time.monotonic() + 10
    while len(processes_with(mark)) < 7:  # the worker, three children and theirs
        assert time.monotonic() < deadline, printed_so_far(box)
        time.sleep(0.01)

    box.kill()
    box.kill()

    assert processes_with(mark) == []
    assert box.process.returncode is not None
    assert Path("/proc/self/mountinfo").read_text() == before


@confined
@pytest.mark.parametrize("end", ["worker", "grader"])
def test_no_survivor_when_another_ends(level: str, end: str, folder: Path) -> None:
    """Daemons end with the worker, and all ends with the grader, even if that is killed."""
    run(level, "")
    mark = f"mark-{os.urandom(6).hex()}"
    daemon = "import os, sys, time; os.fork() and {}; os.closerange(0, 9); time.sleep(60)"
    code = daemon.format("os._exit(0)" if end == "worker" else "0")
    outer = """if True:
        import os, sys, time
        sys.path.append(sys.argv[1])
        import in_boxes
        box = in_boxes.begin(*sys.argv[2:])
        box.process.wait() if "_exit" in sys.argv[3] else time.sleep(0.5)
        os._exit(0)
        """
    arguments = [str(Path(__file__).parent), level, code, mark]
    folder.chmod(0o1777)
    environment = {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}

    subprocess.run([sys.executable, "-c", outer, *arguments], env=environment, check=True)

    deadline = time.monotonic() + 5
    while processes_with(mark) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert processes_with(mark) == []


@every_level
def test_kill_during_the_start(level: str) -> None:
    """A box that is killed while it is being built leaves nothing either."""
    mark = f"mark-{os.urandom(6).hex()}"

    for step in range(12):
        box = begin(level, "import time; time.sleep(60)", mark)
        time.sleep(step * 0.008)
        box.kill()

    assert processes_with(mark) == []


@every_level
def test_hostile_leftovers_are_removed(level: str) -> None:
    """Folders nested beyond recursion, closed ones and links out leave no scratch folder."""
    code = """if True:
        import os
        os.symlink("/", "link")
        os.mkdir("closed", 0)
        for _ in range(1500):
            os.mkdir("d")
            os.chdir("d")
        print("made")
        """
    box = begin(level, code)
    assert isolation._read_all(box.output) == b"made\n"

    box.kill()

    assert box.scratch is None or not box.scratch.path.exists()


INSTALLED = """
import sys
site, prefix, tests, level, code = sys.argv[1:6]
sys.path[:0] = [site]
sys.path.append(tests)
sys.base_prefix = prefix
import in_boxes
print(in_boxes.run(level, code, *sys.argv[6:]))
"""


@confined
def test_an_installed_grader_is_hidden(level: str, tmp_path: Path) -> None:
    """A grader among the libraries cannot be read, not through a link either; siblings can."""
    run(level, "")
    inside = Path("lib", "python3", "site-packages")
    site = tmp_path / "real" / inside
    shutil.copytree(ROOT / "grader", site / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    (site / "sibling.py").write_text("x")
    prefix = tmp_path / "link"
    prefix.symlink_to(tmp_path / "real")
    tries = [
        p / name for p in (site, prefix / inside) for name in ("sibling.py", "grader/errors.py")
    ]
    code = """if True:
        import sys
        for path in sys.argv[1:]:
            try:
                print(open(path).read(1))
            except OSError:
                print("-")
        """
    arguments = [site, prefix, Path(__file__).parent, level, code, *tries]

    done = subprocess.run(
        [sys.executable, "-c", INSTALLED, *map(str, arguments)], capture_output=True, text=True
    )

    assert done.stdout.split() == ["x", "-", "x", "-"], done.stderr

"""The same assignment, the same seven questions, the same two epochs: this grader and two others.

    python benchmarks/peers.py [--work DIR] [--repeat N] [--students N]

The course is benchmarks/peers. What a student hands in (solution.py) becomes a notebook for
nbgrader and Otter-Grader, the functions of test_hidden.py become their tests, and "plain" is Python
that imports torch, and for each submission reads the 60,000 images and calls the same functions:
what has to be computed in any case. Each tool gets a virtual environment of its own below DIR, made
once, with the torch of constraints.txt. All run on one thread in as many processes as there are
cores: the others as two commands over halves of the class, this grader with --jobs. Tools take
turns; medians are printed, of the wall clock and of the processor time of the whole machine, which
should do nothing else meanwhile. A tool that cannot be installed, or that does not give full marks,
is named in a line and left out.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from rich.console import Console
from rich.table import Table

from grader.course import datasets

ROOT = Path(__file__).resolve().parents[1]
COURSE = ROOT / "benchmarks" / "peers"
STUDENT = (COURSE / "solutions/softmax/solution.py").read_text("utf-8")
HIDDEN = (COURSE / "solutions/softmax/test_hidden.py").read_text("utf-8")
CORES = 2
PACKAGES = {"nbgrader": "nbgrader==0.9.6", "otter": "otter-grader"}
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

# What this grader calls submission, in the namespace of a notebook: its functions, and the data.
NAMESPACE = """
from types import SimpleNamespace
import numpy as np

def tensors(name, split):
    raw = "{root}/" + name + "/raw/train-"
    images = np.fromfile(raw + "images-idx3-ubyte", np.uint8)[16:].reshape(-1, 28, 28)
    labels = np.fromfile(raw + "labels-idx1-ubyte", np.uint8)[8:].astype(np.int64)
    return torch.from_numpy(images).float().div_(255).unsqueeze(1), torch.from_numpy(labels)

submission = SimpleNamespace(**{functions}, data=SimpleNamespace(tensors=tensors))
"""


def functions_of(source: str) -> dict[str, str]:
    """The functions of a file by name, without what stands around and on them."""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
            found[node.name] = ast.unparse(node)
    return found


def namespace(functions: str) -> str:
    """The cell that makes `submission`; functions: an expression for a dict of them."""
    data = datasets.find("FashionMNIST")
    if data.variant != "full":
        raise SystemExit("This comparison needs the full data set (see README.md).")
    return NAMESPACE.replace("{root}", str(data.public_root)).replace("{functions}", functions)


def questions() -> list[tuple[str, str]]:
    """(name, source) of each test, with the functions that run in the sandbox before it."""
    found, before = [], ""
    for name, source in functions_of(HIDDEN).items():
        before += source + "\n\n\n"
        if name.startswith("test_"):
            found.append((name, before))
            before = ""
    return found


# ------------------------------------------------------------------------------ the tools


class Plain:
    """What any grader has to compute: one process, one submission after the other."""

    def __init__(self, work: Path) -> None:
        self.program = work / "plain.py"
        tests = "".join(source for _, source in questions())
        calls = "".join(f"    {name}(submission)\n" for name, _ in questions())
        body = f"import sys\n{STUDENT}\n{namespace('globals()')}\n{tests}"
        self.program.write_text(f"{body}\nfor _ in range(int(sys.argv[1])):\n{calls}", "utf-8")

    def grade(self, students: list[str]) -> None:
        _run([sys.executable, str(self.program), str(len(students))])

    def points(self, student: str) -> float:
        return 7  # an assertion would have ended it


class Ours:
    """This grader, from the command line."""

    def __init__(self, work: Path) -> None:
        self.folder = work / "ours"
        self.folder.mkdir(exist_ok=True)

    def grade(self, students: list[str]) -> None:
        paths = [self.folder / f"{student}.py" for student in students]
        for path in paths:
            path.write_text(STUDENT, "utf-8")
        program = Path(sys.executable).with_name("grader")
        jobs = str(min(CORES, len(students)))
        report = ["--format", f"csv={self.folder / 'grades.csv'}"]
        options = ["--course", str(COURSE), "--device", "cpu", "--jobs", jobs, *report]
        _run([str(program), "grade", "softmax", *map(str, paths), *options])

    def points(self, student: str) -> float:
        lines = (self.folder / "grades.csv").read_text("utf-8").splitlines()
        head = lines[0].split(",")
        row = next(line.split(",") for line in lines if student in line)
        return float(row[head.index("score")])


class Nbgrader:
    """One `nbgrader autograde` for each half of the class."""

    def __init__(self, work: Path) -> None:
        self.bin = _environment(work, "nbgrader")
        self.folder = work / "nbgrader-course"
        shutil.rmtree(self.folder, ignore_errors=True)
        source = self.folder / "source" / "ps1" / "ps1.ipynb"
        source.parent.mkdir(parents=True)
        self.notebook = self._notebook()
        nbformat.write(self.notebook, source)
        (self.folder / "nbgrader_config.py").write_text(
            "c = get_config()\n"
            "c.CourseDirectory.course_id = 'course'\n"
            "c.ExecutePreprocessor.timeout = 600\n"
        )
        self._call(["generate_assignment", "ps1"])

    def _notebook(self) -> nbformat.NotebookNode:
        def cell(source: str, number: int, test: bool) -> nbformat.NotebookNode:
            marks = {"schema_version": 3, "solution": not test, "grade": test, "locked": test}
            marks |= {"task": False, "grade_id": f"{'test' if test else 'stub'}{number}"}
            marks |= {"points": 1} if test else {}
            return new_code_cell(source, metadata={"nbgrader": marks})

        stubs = [cell(s, n, False) for n, s in enumerate(functions_of(STUDENT).values())]
        tests = [
            cell(f"{source}{name}(submission)", number, True)
            for number, (name, source) in enumerate(questions())
        ]
        kernel = {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
        cells = [new_code_cell("import torch"), *stubs]
        return new_notebook(
            cells=[*cells, new_code_cell(namespace("globals()")), *tests], metadata=kernel
        )

    def grade(self, students: list[str]) -> None:
        shutil.rmtree(self.folder / "submitted", ignore_errors=True)  # else --student=* takes them
        for student in students:
            path = self.folder / "submitted" / student / "ps1" / "ps1.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(self.notebook, path)
        halves = filter(None, (students[0::CORES], students[1::CORES]))
        commands = []
        for half in halves:
            others = [student for student in students if student not in half]
            chosen = f"--CourseDirectory.student_id_exclude={','.join(others)}"
            every = f"--student={half[0]}" if len(students) == 1 else "--student=*"
            commands.append([*self._program("autograde"), "ps1", every, chosen, "--force"])
        _run_all(commands, self.folder)

    def points(self, student: str) -> float:
        code = (
            "from nbgrader.api import Gradebook\n"
            f"print(Gradebook('sqlite:///gradebook.db').find_submission('ps1', {student!r}).score)"
        )
        return float(_output([str(self.bin / "python"), "-c", code], self.folder))

    def _program(self, name: str) -> list[str]:
        return [str(self.bin / "python"), "-m", "nbgrader", name]

    def _call(self, arguments: list[str]) -> None:
        _run([*self._program(arguments[0]), *arguments[1:]], self.folder)


class Otter:
    """Otter's own way without containers, `otter.api.grade_submission`, in two processes."""

    GRADE = """
import sys
from otter.api import grade_submission
for path in sys.argv[1:]:
    results = grade_submission(path, "autograder.zip", quiet=True)
    open(path + ".points", "w").write(str(results.total))
"""

    def __init__(self, work: Path) -> None:
        self.bin = _environment(work, "otter")
        self.folder = work / "otter-course"
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "tests").mkdir(parents=True)
        for number, (name, source) in enumerate(questions(), start=1):
            head = "import torch\nfrom types import SimpleNamespace\n"
            head += "from otter.test_files import test_case\n\nOK_FORMAT = False\n"
            head += f"name = 'q{number}'\npoints = 1\n\n"
            space = namespace("{k: v for k, v in env.items() if callable(v)}")
            space = "".join(f"    {line}\n" for line in space.strip().splitlines())
            case = f"@test_case(points=1)\ndef test(env):\n{space}    {name}(submission)\n"
            (self.folder / "tests" / f"q{number}.py").write_text(f"{head}{source}{case}", "utf-8")
        generate = "from otter.generate import main; "
        generate += "main(tests_dir='tests', output_path='autograder.zip', no_environment=True)"
        _run([str(self.bin / "python"), "-c", generate], self.folder)
        cells = [new_code_cell("import torch"), *map(new_code_cell, functions_of(STUDENT).values())]
        kernel = {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
        self.notebook = new_notebook(cells=cells, metadata=kernel)

    def grade(self, students: list[str]) -> None:
        for student in students:
            nbformat.write(self.notebook, self.folder / f"{student}.ipynb")
        halves = filter(None, (students[0::CORES], students[1::CORES]))
        program = [str(self.bin / "python"), "-c", self.GRADE]
        _run_all([[*program, *(f"{name}.ipynb" for name in half)] for half in halves], self.folder)

    def points(self, student: str) -> float:
        return float((self.folder / f"{student}.ipynb.points").read_text())


Tool = Plain | Ours | Nbgrader | Otter
TOOLS: dict[str, type[Tool]] = {
    "plain": Plain,
    "this grader": Ours,
    "nbgrader": Nbgrader,
    "otter": Otter,
}

# ------------------------------------------------------------------------------ running


def _environment(work: Path, name: str) -> Path:
    """The bin folder of a virtual environment with this tool. Raises CalledProcessError."""
    folder = work / name
    if not (folder / "ready").exists():
        _run([sys.executable, "-m", "venv", str(folder)])
        install = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet"]
        install += ["--constraint", str(ROOT / "constraints.txt")]
        _run([*install, "torch", "numpy"])  # first: nothing may pull in a second torch
        _run([*install, PACKAGES[name], "ipykernel"])
        (folder / "ready").touch()
    return folder / "bin"


def _run(command: list[str], folder: Path | None = None) -> None:
    _run_all([command], folder)


def _run_all(commands: list[list[str]], folder: Path | None = None) -> None:
    """Run commands side by side, each on one thread; what they print is shown if one fails."""
    environment = {**os.environ, **ONE_THREAD}
    environment["PATH"] = f"{Path(commands[0][0]).parent}{os.pathsep}{os.environ['PATH']}"
    started = [
        subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for command in commands
    ]
    printed = [process.communicate()[0] for process in started]
    for process, text in zip(started, printed, strict=True):
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, process.args, text[-2000:])


def _output(command: list[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def busy_seconds() -> float:
    """Processor time of the whole machine since it started: a process that is killed with its
    namespace is awaited by nobody, so its time is in no parent's account."""
    ticks = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    idle, waiting_for_disk = ticks[3:5]
    return (sum(ticks[:8]) - idle - waiting_for_disk) / os.sysconf("SC_CLK_TCK")


def measured(tool: Tool, students: list[str]) -> tuple[float, float]:
    """Seconds of the wall clock, and of all processors."""
    busy, started = busy_seconds(), time.perf_counter()
    tool.grade(students)
    return time.perf_counter() - started, busy_seconds() - busy


def installed(work: Path) -> dict[str, Tool]:
    """The tools that are here and give a right submission full marks."""
    tools: dict[str, Tool] = {}
    for name, kind in TOOLS.items():
        try:
            tool = kind(work)
            tool.grade(["trial"])
            points = tool.points("trial")
        except (subprocess.CalledProcessError, OSError, ValueError) as error:
            text = (getattr(error, "output", "") or "").strip() or str(error)
            print(f"{name} is left out: {text.splitlines()[-1]}")
            continue
        if points == 7:
            tools[name] = tool
        else:
            print(f"{name} is left out: it gives {points:g} of 7 points")
    return tools


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path.home() / ".cache" / "grader-peers")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--students", type=int, default=8)
    chosen = parser.parse_args()
    chosen.work.mkdir(parents=True, exist_ok=True)
    tools = installed(chosen.work)
    for count in (1, chosen.students):
        students = [f"student{number}" for number in range(count)]
        seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in tools}
        for _ in range(chosen.repeat):
            for name, tool in tools.items():
                seconds[name].append(measured(tool, students))
        show(f"{count} submission{'s' * (count > 1)}, median of {chosen.repeat}", seconds, count)


def show(title: str, seconds: dict[str, list[tuple[float, float]]], count: int) -> None:
    """A row for each tool; over: processor seconds for each submission beyond the plain ones."""
    table = Table("", "wall s", "times ours", "CPU s", "CPU s each", "over plain", title=title)
    middle = {
        name: tuple(statistics.median(each) for each in zip(*runs, strict=True))
        for name, runs in seconds.items()
    }
    for name, (wall, cpu) in middle.items():
        over = (cpu - middle["plain"][1]) / count
        ratio = wall / middle["this grader"][0]
        cells = (f"{wall:.2f}", f"{ratio:.2f}", f"{cpu:.2f}", f"{cpu / count:.2f}", f"{over:.2f}")
        table.add_row(name, *cells)
    Console().print(table)


if __name__ == "__main__":
    main()

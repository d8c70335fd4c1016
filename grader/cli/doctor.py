"""What this machine gives to a grader: isolation, device, data sets, versions, and repairs."""

from __future__ import annotations

import os
import platform
import shlex
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader import __version__
from grader.course import datasets
from grader.errors import DatasetError, InfrastructureError, IsolationUnavailable, SandboxEvent
from grader.grading import log
from grader.grading.devices import devices
from grader.sandbox import trials
from grader.sandbox.host import Host
from grader.sandbox.inside import frameworks
from grader.sandbox.isolation import allowed
from grader.sandbox.isolation.probe import choose, probe
from grader.sandbox.sandbox import Sandbox

PACKAGES = ("torch", "torchvision", "numpy", "pytest", "msgspec", "ipython", "matplotlib")


@dataclass(frozen=True)
class Line:
    """One line of the examination. state: "ok", "gap" (something is lost) or "bad"."""

    subject: str
    state: str
    finding: str
    repair: str = ""


def examine(console: Console) -> bool:
    """Print the examination; True when hidden checks can be run on this machine."""
    lines = [*files(), *_isolation(), _device(), *_data(), *_versions()]
    table = Table(title="grader doctor", title_justify="left", title_style="bold")
    for column in ("what", "found", "what to do"):
        table.add_column(column, overflow="fold")
    styles = {"ok": "green", "gap": "yellow", "bad": "red"}
    for line in lines:
        table.add_row(Text(line.subject, styles[line.state]), Text(line.finding), Text(line.repair))
    console.print(table)
    return all(line.state != "bad" for line in lines)


def files() -> list[Line]:
    """Whether the sandbox's user, who is another where the grader runs as root, may read what a
    sandbox needs: with a umask of 077 pip installs packages that only root can import."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return []
    subject = "files for a sandbox"
    closed = {root: found for root in _needed() if (found := list(_closed(root)))}
    if not closed:
        return [Line(subject, "ok", "the sandbox's user may read them")]
    every = [path for found in closed.values() for path in found]
    finding = f"the sandbox's user may not read {every[0]}"
    if len(every) > 1:
        finding += f" and {len(every) - 1} more files and folders"
    repair = shlex.join(["chmod", "-R", "a+rX", *map(str, closed)])
    return [Line(subject, "bad", finding, repair)]


def _needed() -> list[Path]:
    """What a sandbox reads: Python and its packages, the code of its own side, the public data.

    In place of packages in a closed folder of the interpreter's prefix it is that folder. (One that
    is closed above the prefix, such as root's home, is no hindrance.)
    """
    trees = set(map(Path, allowed.trees()))
    found = []
    for part in (sys.executable, *filter(os.path.isdir, sys.path)):
        path = Path(part).resolve()
        above = [each for each in (*path.parents, path) if trees & {each, *each.parents}]
        closed = sorted(filter(_is_closed, above))
        found += closed[:1] or above[-1:]
    found += [allowed.PACKAGE / "sandbox/inside", *(file for file, _ in allowed.worker_files())]
    data = _first_data()
    found += [data.public_root] if data else []
    return [path for path in dict.fromkeys(found) if not set(found).intersection(path.parents)]


def _closed(root: Path) -> Iterator[Path]:
    """The file or folder, and what is in it, that others may not read."""
    yield from [root] if _is_closed(root) else []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != "__pycache__"]  # Python can do without
        yield from filter(_is_closed, (Path(folder, name) for name in (*folders, *names)))


def _is_closed(path: Path) -> bool:
    with suppress(FileNotFoundError):  # a link to nothing
        mode = path.stat().st_mode
        wanted = 0o005 if stat.S_ISDIR(mode) else 0o004
        return mode & wanted != wanted
    return False


def _isolation() -> list[Line]:
    lines = [_level(level) for level in ("namespaces", "landlock")]
    try:
        chosen = choose("auto")
    except IsolationUnavailable:
        repair = "repair one of the levels above; `--isolation process` is no protection"
        return [*lines, Line("hidden checks", "bad", "they cannot be run here", repair)]
    return [*lines, *_inside(chosen.level)]


def _inside(level: str) -> list[Line]:
    """What a grading needs, tried where a grading has it: in a box, forked from its host."""
    data = _first_data()
    name = data.name if data else None
    with Host(level, data.public_root if data else None) as host:
        try:
            with trials.empty_sandbox(host) as sandbox:
                lines = [_tried(sandbox, trial, name) for trial in trials.TRIALS]
        except (InfrastructureError, SandboxEvent) as error:
            log.keep(error)
            is_torch = "import torch" in getattr(error, "details", "")
            repair = trials.REINSTALL if is_torch else log.place()
            return [Line("hidden checks", "bad", str(error), repair)]
    bad = [line.subject for line in lines if line.state == "bad"]
    if "cuda" in devices():
        lines.append(_cuda(level))
    verdict = Line("hidden checks", "ok", f"they run at level {level}")
    if bad:
        verdict = Line(
            "hidden checks", "bad", f"they fail: {', '.join(bad)}", "see the lines above"
        )
    return [*lines, verdict]


def _cuda(level: str) -> Line:
    """Whether a box can use the GPU; without it everything is graded on the CPU."""
    subject = "cuda in a sandbox"
    try:
        with Host(level, None, "cuda") as host:
            return Line(subject, "ok", trials.require_device(host))
    except InfrastructureError as error:
        log.keep(error)
        repair = "grade with --device cpu, or repair the driver: nvidia-smi must work here"
        return Line(subject, "gap", str(error), repair)


def _tried(sandbox: Sandbox, trial: trials.Trial, data: str | None) -> Line:
    subject = f"{trial.subject} in a sandbox"
    try:
        return Line(subject, "ok", trials.attempt(trial, sandbox, data))
    except SandboxEvent as event:
        log.keep(event)
        return Line(subject, "bad" if trial.is_needed else "gap", str(event), trial.repair)


def _level(level: str) -> Line:
    """The level as its self-attack found it."""
    findings = probe(level)
    gaps = [finding for finding in findings if not finding.closed]
    subject = f"isolation {level}"
    if not gaps:
        return Line(subject, "ok", f"holds: {len(findings)} attacks from inside failed")
    details = "; ".join(f"{gap.name}: {gap.detail}" for gap in gaps)
    repairs = "; ".join(dict.fromkeys(gap.repair for gap in gaps if gap.repair))
    return Line(subject, "gap", details, repairs)


def _device() -> Line:
    import torch

    if torch.cuda.is_available():
        return Line("device", "ok", f"cuda: {torch.cuda.get_device_name(0)}; cpu")
    return Line("device", "ok", "cpu (no CUDA device; everything can be graded on the CPU)")


def _first_data() -> datasets.Dataset | None:
    for name in datasets.names():
        with suppress(DatasetError):
            return datasets.find(name)
    return None


def _data() -> list[Line]:
    return [_dataset(name) for name in datasets.names()]


def _dataset(name: str) -> Line:
    try:
        found = datasets.find(name)
    except DatasetError as error:
        return Line(f"data {name}", "gap", "not found", str(error))
    repair = ""
    if found.variant == "embedded":
        repair = f"for the full data set: {datasets.how_to_get(found)}"
    state = "ok" if found.variant == "full" else "gap"
    return Line(f"data {name}", state, f"{found.variant}: {found.source}", repair)


def _versions() -> list[Line]:
    lines = [Line("grader", "ok", __version__), Line("python", "ok", platform.python_version())]
    for package in PACKAGES:
        try:
            lines.append(Line(package, "ok", version(package)))
        except PackageNotFoundError:
            lines.append(Line(package, "gap", "not installed", f"pip install {package}"))
    return [*lines, *_frameworks()]


def _frameworks() -> Iterator[Line]:
    """What assignments in other frameworks than PyTorch need; nobody lacks it who grades none."""
    distributions = packages_distributions()  # pip knows tensorflow as tensorflow-cpu, or as itself
    for framework in map(frameworks.named, frameworks.available()):
        if framework.extra and (missing := framework.missing()):
            install = f'pip install "gradebox[{framework.extra}]"'
            repair = " ".join(filter(None, ["for assignments in it:", install, framework.place]))
            yield Line(framework.title, "gap", f"not installed: {', '.join(missing)}", repair)
        elif framework.extra:
            versions = [f"{name} {version(distributions[name][0])}" for name in framework.packages]
            found = ", ".join(versions)
            yield Line(framework.title, "ok", found)

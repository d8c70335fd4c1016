"""What is proved of a suite: real gradings of programs whose result is known beforehand.

A finding is something that the author should change before students meet the assignment.
"""

from __future__ import annotations

import dataclasses
import statistics
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader.course import assignment as assignments
from grader.course import datasets, release
from grader.course.assignment import Assignment
from grader.errors import AssignmentError, DatasetError
from grader.grading.devices import devices
from grader.grading.engines import Run, graded
from grader.grading.engines.local import SideBySide, cores
from grader.grading.records import Record
from grader.grading.scoring import score
from grader.grading.settings import WHOLE, Settings
from grader.grading.tasks import Task
from grader.submissions.uploads import Upload
from grader.validation import programs, sources
from grader.validation.equivalents import Equivalent, judged
from grader.validation.mutants import Mutant
from grader.validation.programs import Program

LEAST_NOTICED = 0.95  # of the mutants that are not equivalent

Say = Callable[[str], None]  # progress in words


@dataclass(frozen=True)
class Finding:
    """What is wrong, and about whom."""

    about: str
    problem: str


@dataclass
class Proof:
    """What was seen of an assignment's suite."""

    assignment: Assignment
    equivalents: list[Equivalent]
    findings: list[Finding] = field(default_factory=list)
    killed: dict[str, list[str]] = field(default_factory=dict)
    """Of each check, the misconceptions that it failed."""
    seconds: dict[str, list[float]] = field(default_factory=dict)
    """Of each tier, the time of each run of the solution."""
    measured: dict[tuple[str, str, str], list[tuple[float, float]]] = field(default_factory=dict)
    """By place, check and quantity: how far each run of the solution was from the first limit and
    from the nearer one. A place is a device with a data set, such as "cpu, embedded"."""
    mutants: int = 0
    """How many there were, without those that were judged to be equivalent."""
    survivors: list[Mutant] = field(default_factory=list)
    """Those of them that no check notices."""
    further: list[Program] = field(default_factory=list)
    """Programs to be tried because of what was seen of others."""
    is_seen: bool = False
    """Whether the solution has met all checks."""

    def see(self, program: Program, record: Record) -> None:
        """Compare what was seen of a program with what should be."""
        if record.status != "graded":
            problem = f"it cannot be graded: {' '.join(record.warnings)}"
            if problem not in [finding.problem for finding in self.findings]:  # all have it
                self._find(program.name, problem)
        elif program.kind == "template":
            self._see_template(f"template.{program.form}", record)
        elif program.mistakes:
            passed = all(check.outcome == "passed" for check in record.checks)
            if passed and program.part != WHOLE:
                self.further.append(dataclasses.replace(program, part=WHOLE))
            else:
                self._see_mistakes(program, record)
        elif program.mutant is not None:
            self._see_mutant(program.mutant, record)
        else:
            self._see_right_program(program, record)

    def see_sources(self) -> None:
        """Nothing that the sources show of the suite may be given away or never run."""
        for about, problem in sources.problems(self.assignment):
            self._find(about, problem)

    def see_handout(self) -> None:
        """Nothing of the solution may be in what students get."""
        try:
            release.contents(self.assignment, "both")
        except AssignmentError as error:
            self._find("handout", str(error))

    def see_mutation_score(self) -> None:
        """Few mutants may pass unnoticed."""
        if self.mutants and self.share_noticed() < LEAST_NOTICED:
            share = f"{self.share_noticed():.1%}"
            self._find("mutants", f"{share} are noticed; it should be {LEAST_NOTICED:.0%}")

    def idle_checks(self) -> list[str]:
        """Checks that no misconception fails: is there a mistake that they are for?"""
        return [name for name, met in self.killed.items() if not met]

    def share_noticed(self) -> float:
        """The mutation score: mutants that a check notices, of those that are not equivalent."""
        return 1 - len(self.survivors) / self.mutants

    def margins(self) -> Iterator[tuple[str, str, str, float]]:
        """(place, check, quantity, the smallest distance to the limit in standard deviations) of
        what a training gave; needs three runs."""
        for where, seen in self.measured.items():
            # Each run may have limits of its own: around what the reference gives for its weights.
            deviation = statistics.stdev([first for first, _ in seen]) if len(seen) > 2 else 0.0
            if deviation:
                yield *where, min(nearer for _, nearer in seen) / deviation

    # ------------------------------------------------------------------ one kind each

    def _see_right_program(self, program: Program, record: Record) -> None:
        for check in record.checks:
            if check.outcome != "passed":
                self._find(program.name, f"{check.name} {check.outcome}: {check.message}")
        if program.kind == "solution":
            self._see_solution(program, record)

    def _see_solution(self, program: Program, record: Record) -> None:
        if not self.is_seen and program.part.tier is None:
            self.is_seen = True
            for about, problem in sources.unguarded(self.assignment, record.checks):
                self._find(about, problem)
            trained = {check.stub for check in record.checks if check.tier == "training"}
            together = programs.together(self.assignment, trained)
            self.further += [together] if together else []
        used = record.dataset
        place = f"{record.device}, {used.variant}" if used else record.device
        for tier in {check.tier for check in record.checks}:
            spent = sum(check.seconds for check in record.checks if check.tier == tier)
            self.seconds.setdefault(tier, []).append(spent)
        for check in record.checks:
            self.killed.setdefault(check.name, [])
            for one in check.measured:
                seen = self.measured.setdefault((place, check.name, one.what), [])
                ends = ((one.low, 1), (one.high, -1))
                rooms = [sign * (one.value - end) for end, sign in ends if end is not None]
                seen.append((rooms[0], min(rooms)))

    def _see_template(self, name: str, record: Record) -> None:
        grade = score(record, self.assignment)
        if grade.score:
            self._find(name, f"it earns {grade.score:g} points")
        for stub in grade.stubs:
            if stub.status != "missing":
                self._find(name, f"{stub.name} is {stub.status}, not missing")

    def _see_mistakes(self, program: Program, record: Record) -> None:
        wrong = {mistake.stub for mistake in program.mistakes}
        lost = {check.stub for check in record.checks if check.outcome != "passed"}
        if lost != wrong:
            right, found = (", ".join(sorted(stubs)) or "nothing" for stubs in (wrong, lost))
            self._find(program.name, f"it should lose points in {right}, and loses {found}")
        names = {check.misconception for check in record.checks if check.misconception}
        known = {wrong.mistake for wrong in program.mistakes}
        for name in sorted(known - names):
            text = "one that compares a value (assert_close, observe) where it differs would"
            self._find(program.name, f"no failed check names {name}; {text}")
        for other in sorted(names - known):
            self._find(program.name, f"a failed check names it {other}")
        for check in record.checks:
            if check.outcome != "passed" and len(program.mistakes) == 1:
                self.killed.setdefault(check.name, []).append(program.name)

    def _see_mutant(self, mutant: Mutant, record: Record) -> None:
        if any(check.outcome != "passed" for check in record.checks):
            self.mutants += 1
        elif not any(known.is_of(mutant) for known in self.equivalents):
            self.mutants += 1
            self.survivors.append(mutant)

    def _find(self, about: str, problem: str) -> None:
        self.findings.append(Finding(about, problem))


def prove(
    course: Path,
    name: str,
    settings: Settings,
    say: Say,
    *,
    runs: int,
    alternatives: Iterable[Path],
    with_mutants: bool,
) -> Proof:
    """Everything that can be proved of an assignment.

    The solution is graded on every device and with all the data that the settings leave open;
    everything else once, with the smaller data. Raises UsageError, also where the assignment's
    framework is not installed, or IsolationUnavailable before anything runs.
    """
    assignment = assignments.load(name, course)
    framework = assignment.require_framework()
    proof = Proof(assignment, judged(assignment))
    proof.see_sources()
    proof.see_handout()
    places = _places(settings, assignment, framework.devices)
    usual = places[0].data
    tried = [
        (place, program)
        for place in reversed(places)
        for program in programs.solutions(assignment, runs, on_other_data=place.data != usual)
    ]
    others = programs.others(assignment, alternatives, with_mutants)
    # Beside the first one, which takes longest, a mistake: it finds out for all others what each
    # check runs, in the usual place, where its job goes on; the other job stays where it is.
    tried.insert(1, (places[0], next(others)))
    tried += [(places[0], program) for program in others]
    for program, record in _graded(course, name, tried, say):
        proof.see(program, record)
        tried += [(places[0], program) for program in proof.further]
        proof.further.clear()
    proof.see_mutation_score()
    return proof


def _places(
    settings: Settings, assignment: Assignment, computed_on: tuple[str, ...]
) -> list[Settings]:
    """Every device and data set that the settings leave open, the quickest first; the data that
    are found only if they are others than the embedded ones."""
    here = [device for device in devices() if device in computed_on]
    found = here if settings.device == "auto" else [settings.device]
    data: list[Path | None] = [settings.data]
    if settings.data is None and assignment.datasets:
        data = [Path("embedded"), None] if _has_two(assignment) else [None]
    return [
        dataclasses.replace(settings, device=device, data=folder)
        for device in found
        for folder in data
    ]


def _has_two(assignment: Assignment) -> bool:
    """Whether what comes with the packages is other data than what is found without asking."""
    try:
        first = datasets.find_first(assignment.datasets, Path("embedded"))
    except DatasetError:  # nothing comes with them
        return False
    usual = datasets.find_first(assignment.datasets)
    return (first.name, first.variant) != (usual.name, usual.variant)


def _graded(
    course: Path, name: str, tried: list[tuple[Settings, Program]], say: Say
) -> Iterator[tuple[Program, Record]]:
    """Each program with its record, graded side by side; `tried` may grow meanwhile."""
    run = Run(course, name, tried[0][0], len(tried))
    with tempfile.TemporaryDirectory() as folder, SideBySide(run, cores()) as engine:

        def task_of(position: int) -> Task:
            settings, program = tried[position]
            path = Path(folder, str(position), f"{program.name}.{program.form}")
            path.parent.mkdir()
            path.write_text(program.text, "utf-8")
            return Task(position, Upload(path), settings, part=program.part)

        tasks = deque(map(task_of, range(len(tried))))
        for done, (task, record) in enumerate(graded(engine, tasks), 1):
            program, count = tried[task.position][1], len(tried)
            say(f"{name}: {done} of {count} programs, {program.claim}")
            yield program, record
            for new in map(task_of, range(count, len(tried))):
                # Before the short ones, for it may be the longest of all.
                short = [other.part.tier == "unit" for other in tasks]
                tasks.insert(short.index(True) if True in short else len(tasks), new)

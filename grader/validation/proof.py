"""What is proved of a suite, each as a walk over real gradings that yields findings.

A finding is something that the author should change before students meet the assignment.
"""

from __future__ import annotations

import dataclasses
import statistics
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from grader import misconceptions, templates
from grader.assignment import Assignment
from grader.grading import Bench, Settings, with_bench
from grader.records import Record
from grader.scoring import Grade, score
from grader.validation.mutants import Mutant, mutants

Say = Callable[[str], None]  # progress in words


@dataclass(frozen=True)
class Finding:
    """What is wrong, and about whom."""

    about: str
    problem: str


@dataclass
class Proof:
    """A bench with the assignment on it, a folder for programs, and what was seen."""

    bench: Bench
    folder: Path
    say: Say
    findings: list[Finding] = field(default_factory=list)
    killed: dict[str, list[str]] = field(default_factory=dict)  # check: misconceptions it met
    seconds: dict[str, float] = field(default_factory=dict)  # of the solution, by tier
    survivors: list[Mutant] = field(default_factory=list)
    mutant_count: int = 0

    def solution(self, runs: int) -> None:
        """Full marks on every run, each with other random numbers in the submission."""
        times: dict[str, list[float]] = {}
        for seed in range(runs):
            self.say(f"solution, run {seed + 1} of {runs}")
            record = self._grade("solution", self._text(), seed=seed)
            self._expect_full_marks("solution", record)
            for tier in {check.tier for check in record.checks}:
                spent = sum(check.seconds for check in record.checks if check.tier == tier)
                times.setdefault(tier, []).append(spent)
        self.seconds = {tier: statistics.median(spent) for tier, spent in times.items()}

    def template(self) -> None:
        """No points, and every stub missing, for the template in both forms."""
        text = templates.cut(self._text())
        for form, content in (("py", text), ("ipynb", templates.to_notebook(text))):
            self.say(f"template as .{form}")
            record = self._grade("template", content, form)
            grade = self._score(record)
            if grade.score:
                self._find(f"template.{form}", f"it earns {grade.score:g} points")
            for stub in grade.stubs:
                if stub.status != "missing":
                    self._find(f"template.{form}", f"{stub.name} is {stub.status}, not missing")

    def misconceptions(self) -> None:
        """Each loses points on its own stub only and is named; each check meets one of them."""
        self.killed = {check.item.name: [] for check in self.bench.suite.checks}
        bank = self.bench.assignment.bank
        known = misconceptions.load(bank) if bank else []
        for number, wrong in enumerate(known, 1):
            self.say(f"misconception {number} of {len(known)}: {wrong.name}")
            record = self._grade(wrong.name, f"{self._text()}\n\n{wrong.source}")
            lost = {s.name for s in self._score(record).stubs if s.points < s.max_points}
            if lost != {wrong.stub}:
                found = ", ".join(sorted(lost)) or "nothing"
                self._find(wrong.name, f"it should lose points in {wrong.stub}, and loses {found}")
            if wrong.name not in {check.misconception for check in record.checks}:
                self._find(wrong.name, "no failed check names it")
            for check in record.checks:
                if check.outcome != "passed":
                    self.killed[check.name].append(wrong.name)

    def alternatives(self, files: Iterable[Path]) -> None:
        """Other correct styles keep full marks."""
        for path in files:
            self.say(f"alternative {path.stem}")
            record = self._grade(path.stem, f"{self._text()}\n\n{path.read_text('utf-8')}")
            self._expect_full_marks(path.stem, record)

    def idle_checks(self) -> list[str]:
        """Checks that no misconception fails: is there a mistake that they are for?"""
        return [name for name, met in self.killed.items() if not met]

    def mutation(self) -> None:
        """Each small change of a stub is noticed by a check of that stub."""
        names = [stub.name for stub in self.bench.assignment.stubs]
        found = list(mutants(self._text(), names))
        self.mutant_count = len(found)
        for number, mutant in enumerate(found, 1):
            self.say(f"mutant {number} of {len(found)}: {mutant.stub}, line {mutant.line}")
            source = f"{self._text()}\n\n{mutant.source}"
            record = self._grade(f"mutant_{number}", source, stub=mutant.stub)
            if all(check.outcome == "passed" for check in record.checks):
                self.survivors.append(mutant)

    # ------------------------------------------------------------------ grading

    def _grade(
        self, name: str, content: str, form: str = "py", *, seed: int = 0, stub: str | None = None
    ) -> Record:
        path = self.folder / f"{name}.{form}"
        path.write_text(content, "utf-8")
        suite = self.bench.suite.only(stub) if stub else self.bench.suite
        record = dataclasses.replace(self.bench, suite=suite, seed=seed).grade(path)
        if record.status != "graded":
            self._find(name, f"it cannot be graded: {' '.join(record.warnings)}")
        return record

    def _text(self) -> str:
        return self.bench.assignment.solution.read_text("utf-8")

    def _score(self, record: Record) -> Grade:
        return score(record, self.bench.assignment)

    def _find(self, about: str, problem: str) -> None:
        self.findings.append(Finding(about, problem))

    def _expect_full_marks(self, about: str, record: Record) -> None:
        for check in record.checks:
            if check.outcome != "passed":
                self._find(about, f"{check.name} {check.outcome}: {check.message}")


def prove(
    assignment: Assignment,
    settings: Settings,
    say: Say,
    *,
    runs: int,
    alternatives: Iterable[Path],
    with_mutants: bool,
) -> Proof:
    """Everything that can be proved of an assignment.

    Raises UsageError or IsolationUnavailable before anything runs.
    """
    proofs = []

    def on(bench: Bench) -> None:
        with tempfile.TemporaryDirectory() as folder:
            proof = Proof(bench, Path(folder), say)
            proofs.append(proof)
            proof.solution(runs)
            proof.template()
            proof.misconceptions()
            proof.alternatives(alternatives)
            if with_mutants:
                proof.mutation()

    with_bench(assignment, settings, on)
    return proofs[0]

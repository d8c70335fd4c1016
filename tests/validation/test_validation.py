"""grader validate finds what is wrong with an assignment, and mutants differ in one place."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.checking.results import Measured
from grader.cli.main import app
from grader.course import assignment as assignments
from grader.course import templates
from grader.errors import AssignmentError
from grader.grading.settings import Part, Settings
from grader.validation import programs
from grader.validation.mutants import mutants
from grader.validation.programs import Program
from grader.validation.proof import Proof, prove
from tests.conftest import ROOT
from tests.reports.examples import check, record

BANK = """
@misconception("greet", "You greet without the name.")
def greet_nobody(name):
    return "Hello!"


@misconception("shout", "You whisper.")
def shout_softly(text):
    return text.lower()
"""
MARKED = """
def greet(name):
    ### BEGIN SOLUTION
    return f"Hello, {name}!"
    ### END SOLUTION


def shout(text):
    ### BEGIN SOLUTION
    return text.upper()
    ### END SOLUTION
"""
CHECKS = """
import pytest
from grader.checking import Mismatch, observe


@pytest.mark.stub("greet")
@pytest.mark.parametrize("name", ["Grace", "Edsger"])
def test_greet(submission, reference, name):
    found = submission.greet(name)
    observe(found)
    if found != reference.greet(name):
        raise Mismatch("it is another sentence", "expected another one")


@pytest.mark.stub("shout")
def test_shout(submission):
    found = submission.shout("abc")
    observe(found)
    if found != "ABC":
        raise Mismatch("it is something else", "expected capitals")
"""
STUB = '''def f(x, y=1):
    """Text with 1 + 1."""
    total = -x
    for k in range(3):
        if k < y:
            total = total + k.sum(dim=0, keepdim=True)
    return total / 2
'''


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The smallest course, with a bank of mistakes, to be spoilt."""
    shutil.copytree(ROOT / "tests" / "small_course", tmp_path / "course")
    private = tmp_path / "course/solutions/greeting"
    (private / "solution.py").write_text(MARKED, "utf-8")
    (private / "test_hidden.py").write_text(CHECKS, "utf-8")
    (private / "misconceptions.py").write_text(BANK, "utf-8")
    templates.write(private / "solution.py", tmp_path / "course/assignments/greeting")
    return tmp_path / "course"


def findings(course: Path, **more: object) -> list[tuple[str, str]]:
    """What validate finds in the course."""
    options = {"runs": 1, "alternatives": [], "with_mutants": False} | more
    proof = prove(course, "greeting", Settings("cpu", "auto"), lambda text: None, **options)
    return [(finding.about, finding.problem) for finding in proof.findings]


def test_sound_assignment_has_no_findings(course, monkeypatch):
    """The command says what it measured and exits with 0."""
    monkeypatch.chdir(course)

    done = CliRunner().invoke(app, ["validate", "greeting", "--runs", "2", "--mutants"])

    assert done.exit_code == 0, done.output
    assert "findings" in done.output
    assert "mutants noticed" in done.output


def test_progress_in_a_file_says_what_is_proven(course, monkeypatch):
    """A line now and then: which program of how many, and what it is to show."""
    monkeypatch.setattr("grader.grading.watch.LINE_SECONDS", 0.0)

    done = CliRunner().invoke(app, ["validate", "greeting", "--course", str(course), "--runs", "1"])

    assert "of 5 programs, the solution has full marks" in " ".join(done.output.split())
    assert "greet_nobody costs its own stub only and is named" in " ".join(done.output.split())


def test_everything_that_is_wrong_is_found(course):
    """A solution that fails, a mistake that costs nothing or another stub, a wrong style."""
    hidden = course / "solutions/greeting/test_hidden.py"
    hidden.write_text(
        CHECKS + '\n\n@pytest.mark.stub("shout")\ndef test_shouted(submission):\n'
        '    assert submission.shout(submission.greet("Grace")) == "HELLO, GRACE!"\n',
        "utf-8",
    )
    solution = course / "solutions/greeting/solution.py"
    solution.write_text(solution.read_text("utf-8").replace("upper", "title"), "utf-8")
    bank = course / "solutions/greeting/misconceptions.py"
    bank.write_text(
        BANK + '\n\n@misconception("greet", "Nothing.")\ndef greet_right(name):\n'
        '    return f"Hello, {name}!"\n',
        "utf-8",
    )
    style = course / "style.py"
    style.write_text('"""A style."""\n\n\ndef greet(name):\n    return name\n', "utf-8")

    found = findings(course, alternatives=[style])

    about = {who for who, _ in found}
    assert {"solution", "greet_right", "greet_nobody", "style"} <= about
    (unnamed,) = [text for name, text in found if name == "greet_right" and "names" in text]
    assert unnamed.startswith("no failed check names greet_right; ")


def test_training_that_relies_on_another_stub_is_found(course):
    """A mistake elsewhere must not spoil it: it should train with right parts in the place of
    stubs that failed."""
    hidden = course / "solutions/greeting/test_hidden.py"
    hidden.write_text(
        CHECKS + '\n\n@pytest.mark.stub("shout")\n@pytest.mark.tier("training")\n'
        "def test_training(submission):\n"
        '    assert submission.shout(submission.greet("Grace")) == "HELLO, GRACE!"\n',
        "utf-8",
    )

    assert findings(course) == [
        ("many_mistakes", "it should lose points in greet, and loses greet, shout")
    ]


def test_suite_of_trainings_only_can_be_proved(course):
    """No check of the unit tier runs a stub: the whole suite is tried instead."""
    hidden = course / "solutions/greeting/test_hidden.py"
    training = '@pytest.mark.tier("training")\n@pytest.mark.stub('
    hidden.write_text(CHECKS.replace("@pytest.mark.stub(", training), "utf-8")
    (course / "assignments/greeting/test_public.py").write_text("", "utf-8")

    assert findings(course) == []


def test_template_that_earns_points_is_found(course):
    """A stub that is given away earns points with nothing done."""
    solution = course / "solutions/greeting/solution.py"
    kept = [line for line in MARKED.splitlines() if "SOLUTION" not in line]
    solution.write_text("\n".join(kept), "utf-8")  # so nothing is cut out of it

    found = findings(course)

    assert ("template.py", "it earns 100 points") in found
    assert ("template.ipynb", "it earns 100 points") in found


def test_part_of_the_solution_in_the_handout_is_found(course):
    """The template must be cut from the solution of today."""
    template = course / "assignments/greeting/greeting.py"
    template.write_text(MARKED, "utf-8")

    ((about, problem),) = findings(course)

    assert about == "handout"
    assert "run `grader template" in problem


WEAK = """
import pytest
from grader.checking import assert_between


@pytest.mark.stub("greet")
def test_greet(submission):
    assert submission.greet("Grace") == "Hello, Grace!"


@pytest.mark.stub("shout")
@pytest.mark.tier("training")
def test_shout(submission):
    assert_between(len(submission.shout("abc")), 2, None, what="the length")
"""
LONG = MARKED.replace("return text.upper()", "text = text.upper()\n    return text")
JUDGED = """
[[equivalent]]
stub = "shout"
diff = '''
-    text = text.upper()
+    pass'''
why = "For the test."
"""


def test_unnoticed_mutant_is_found_until_it_is_judged(course):
    """A check that looks at the length only notices no missing capitals."""
    private = course / "solutions/greeting"
    (private / "test_hidden.py").write_text(WEAK, "utf-8")
    (private / "misconceptions.py").unlink()
    (private / "solution.py").write_text(LONG, "utf-8")
    templates.write(private / "solution.py", course / "assignments/greeting")

    found = findings(course, with_mutants=True)
    (private / "equivalents.toml").write_text(JUDGED, "utf-8")
    judged = findings(course, with_mutants=True)

    assert found == [("mutants", "66.7% are noticed; it should be 95%")]
    assert judged == []


def test_judgement_that_cannot_be_read_is_wrong_usage(course):
    """The file is named."""
    (course / "solutions/greeting/equivalents.toml").write_text("[[equivalent]]\nstub = 1\n")

    with pytest.raises(AssignmentError, match=r"equivalents\.toml"):
        findings(course)


def test_distance_of_a_training_from_its_limit_is_given_in_deviations():
    """The smallest distance of the runs, divided by their standard deviation."""
    proof = Proof(assignments.load("greeting", ROOT / "tests/small_course"), [])
    for value in (0.79, 0.80, 0.81):
        numbers = [Measured("the accuracy", value, 0.7, 1.0)]
        seen = check("test_training", "shout", tier="training", measured=numbers)
        proof.see(Program("solution", "solution", ""), record("solution", [seen]))

    ((*where, deviations),) = proof.margins()
    assert where == ["cpu, embedded", "test_training", "the accuracy"]
    assert deviations == pytest.approx(9.0)


def test_run_of_trainings_does_not_tell_what_guards_a_stub(course):
    """A run that has met all checks does, once."""
    proof = Proof(assignments.load("greeting", course), [])
    greet, training = check("test_greet", "greet"), check("test_training", "shout", tier="training")
    some = Program("solution", "solution", "", part=Part(tier="training"))

    proof.see(some, record("solution", [training]))
    assert proof.findings == []
    for _ in range(2):
        proof.see(Program("solution", "solution", ""), record("solution", [greet, training]))

    (finding,) = proof.findings
    assert finding.about == "shout"
    assert finding.problem.startswith("no hidden check has points")


def test_many_mistakes_are_tried_whichever_program_is_graded_first(course):
    """Once, with the mistakes of the stubs that have no training of their own."""
    assignment = assignments.load("greeting", course)
    proof = Proof(assignment, [])
    wrong = next(one for one in programs.others(assignment, [], False) if one.mistakes)
    lost = check("test_greet", "greet", outcome="failed", misconception=wrong.name)
    passed = [check("test_greet", "greet"), check("test_shout", "shout", tier="training")]

    proof.see(wrong, record(wrong.name, [lost]))
    for _ in range(2):
        proof.see(Program("solution", "solution", ""), record("solution", passed))

    assert [one.name for one in proof.further] == ["many_mistakes"]
    assert [mistake.stub for mistake in proof.further[0].mistakes] == ["greet"]
    assert proof.findings == []


def test_solution_meets_the_unit_tier_once_on_further_data(course):
    """Its trainings as often as elsewhere, as those of a program whose stubs have passed."""
    assignment = assignments.load("greeting", course)

    here = [one.part for one in programs.solutions(assignment, 3, on_other_data=False)]
    there = [one.part for one in programs.solutions(assignment, 3, on_other_data=True)]

    assert [(part.tier, part.seed) for part in here] == [(None, 0), (None, 1), (None, 2)]
    assert [(part.tier, part.seed) for part in there] == [
        (None, 0),
        ("training", 1),
        ("training", 2),
    ]
    assert there[1].passed == ("greet", "shout")


def test_mutants_differ_in_one_place():
    """Each mutant is valid Python, differs from the stub, and no two are equal."""
    found = list(mutants(STUB + "\n\ndef g():\n    return 1 + 1\n", ["f"]))
    sources = [mutant.source for mutant in found]

    assert len(sources) == len(set(sources))
    for mutant in found:
        ast.parse(mutant.source)
        removed = [row for row in mutant.diff.splitlines() if row.startswith("-")]
        assert mutant.stub == "f"
        assert removed
        assert "Text with 1 + 1." in mutant.source
    what = {mutant.what for mutant in found}
    assert {"Add becomes Sub", "Div becomes Mult", "Lt becomes GtE", "the sign is dropped"} <= what
    assert {"0 becomes 1", "3 becomes 4", "keepdim is dropped", "dim is dropped"} <= what
    assert {"True becomes False", "the condition is negated", "a statement is left out"} <= what


def test_mutants_of_a_method_leave_the_others_alone():
    """For a stub with a dot only that method of the class changes."""
    source = (
        "class A:\n    def f(self):\n        return 1 + 2\n    def g(self):\n        return 3\n"
    )

    found = list(mutants(source, ["A.f"]))

    assert found
    assert all("return 3" in mutant.source for mutant in found)
    assert all(mutant.source.startswith("class A:") for mutant in found)

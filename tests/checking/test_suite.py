"""A suite is collected once, and its checks meet one submission after another."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from local_box import RIGHT, RUDE, LocalBox

from grader.checking.comparison import Cause
from grader.checking.seen import Seen
from grader.checking.suite import Suite, open_suite
from grader.errors import (
    AssignmentError,
    DeadlineExceeded,
    InfrastructureError,
    MissingStub,
    StudentError,
)
from tests.conftest import small_course

HEAD = "import pytest\nfrom grader.checking import observe\n"
GREET = """
@pytest.mark.stub("greet")
def test_greet(submission):
    greeting = submission.greet("Grace")
    observe(greeting)
    assert greeting == "Hello, Grace!"
"""
SHOUT = """
@pytest.mark.stub("shout")
def test_shout(submission):
    assert submission.shout("abc") == "ABC"
"""
TWO = GREET + SHOUT
EXAMPLE = "test_greet_example"  # the public check of the small course
NAMES = [EXAMPLE, "test_greet", "test_shout"]


@contextlib.contextmanager
def suite_of(folder: Path, checks: str) -> Iterator[Suite]:
    with open_suite(small_course(folder, HEAD + checks), None) as suite:
        yield suite


def met(suite: Suite, text: str) -> dict[str, Seen]:
    """What all checks see of a program, by name."""
    box = LocalBox(suite.assignment, text)
    return {seen.check.item.name: seen for seen in suite.meet(box, suite.checks)}


def problems(suite: Suite, text: str) -> dict[str, type]:
    """The type of what ended each check of a program."""
    return {name: type(seen.problem) for name, seen in met(suite, text).items()}


# ------------------------------------------------------------------------------ collecting


@pytest.mark.parametrize(
    ("checks", "problem"),
    [
        ("import no_such_module", "no_such_module"),
        ("def test_(:", "line 3: invalid syntax"),
        ("raise ValueError('at the top')", "at the top"),
        ("def test_greet(submission): pass", "test_greet: mark it with @pytest.mark.stub"),
        ("@pytest.mark.stub('bow')\ndef test_bow(submission): pass", "there is no stub 'bow'"),
        (
            "@pytest.mark.stub('greet')\n@pytest.mark.tier('third')\ndef test_greet(): pass",
            "there is no tier 'third'",
        ),
        (
            "@pytest.mark.stub('greet')\n@pytest.mark.gate\n@pytest.mark.weight(2)\n"
            "def test_greet(): pass",
            "test_greet: a gate has no weight",
        ),
        (
            "@pytest.mark.stub('shout')\n@pytest.mark.gate\ndef test_shout(): pass",
            "no check of shout in greeting has points",
        ),
        (
            "@pytest.mark.stubb('greet')\ndef test_greet(): pass",
            "no mark 'stubb'; did you mean 'stub'",
        ),
        (f"@pytest.mark.stub('greet')\ndef {EXAMPLE}(): pass", f"{EXAMPLE}: .* rename one"),
    ],
)
def test_suite_that_cannot_be_used_is_the_authors_error(tmp_path, checks, problem):
    """The error says what is wrong, before a submission is looked at."""
    with pytest.raises(AssignmentError, match=problem), suite_of(tmp_path, checks):
        pass


def test_suite_without_checks_is_the_authors_error(tmp_path):
    """Nobody has full marks because there was nothing to check."""
    assignment = small_course(tmp_path, "")
    for file in assignment.suite:
        file.write_text("", "utf-8")

    nothing = pytest.raises(AssignmentError, match="pytest collected nothing")
    with nothing, open_suite(assignment, None):
        pass


def test_what_steers_pytest_outside_does_not_reach_the_suite(tmp_path, monkeypatch):
    """Options and plugins of whoever runs the grader are set aside, and put back."""
    outside = {"PYTEST_ADDOPTS": "-k nothing", "PYTEST_PLUGINS": "no_such_plugin"}
    for name, value in outside.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", raising=False)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n", "utf-8")
    (tmp_path / "conftest.py").write_text("raise SystemExit\n", "utf-8")
    before = dict(os.environ)

    with suite_of(tmp_path, TWO) as suite:
        assert [check.item.name for check in suite.checks] == NAMES
        assert not outside.keys() & os.environ.keys()
    assert dict(os.environ) == before

    suite.assignment.suite[-1].write_text("import no_such_module", "utf-8")
    with pytest.raises(AssignmentError), open_suite(suite.assignment, None):
        pass
    assert dict(os.environ) == before


def test_two_suites_follow_each_other_in_one_process(tmp_path):
    """Their files have the same names; each has its own checks."""
    for folder in ("first", "second"):
        with suite_of(tmp_path / folder, TWO.replace("test_shout", f"test_{folder}")) as suite:
            assert [check.item.name for check in suite.checks] == [*NAMES[:2], f"test_{folder}"]
            assert set(problems(suite, RIGHT).values()) == {type(None)}


def test_part_is_chosen_by_stub_and_tier(tmp_path):
    """The unit tier runs first, wherever its checks stand in the file."""
    training = "@pytest.mark.stub('greet')\n@pytest.mark.tier('training')\ndef test_long(): pass\n"

    def names(**part: Any) -> list[str]:
        return [check.item.name for check in suite.part(**part)]

    with suite_of(tmp_path, training + TWO) as suite:
        assert names() == [*NAMES, "test_long"]
        assert names(stubs=("shout",)) == ["test_shout"]
        assert names(tier="training") == ["test_long"]
        assert names(stubs=("greet",), tier="unit") == [EXAMPLE, "test_greet"]
        assert names(stubs=("shout",), tier="training") == []


# ------------------------------------------------------------------------------ meeting


def test_each_check_is_seen_in_order(tmp_path):
    """What ended it, and what it compared until then."""
    with suite_of(tmp_path, TWO) as suite:
        seen = list(suite.meet(LocalBox(suite.assignment, RUDE), suite.checks))

    assert [one.check.item.name for one in seen] == NAMES
    assert [type(one.problem) for one in seen][1:] == [AssertionError, type(None)]
    assert seen[1].trace == ["Hey, Grace!"]
    assert seen[2].trace is None
    assert all(one.arguments is not None and one.seconds > 0 for one in seen)


def test_suite_is_met_again_and_again(tmp_path):
    """A right program passes after a wrong one, and the other way round."""
    wrong, right = (AssertionError, type(None)), (type(None),) * 2
    with suite_of(tmp_path, TWO) as suite:
        for text, expected in ((RUDE, wrong), (RIGHT, right), (RUDE, wrong), (RIGHT, right)):
            found = problems(suite, text)
            assert (found["test_greet"], found["test_shout"]) == expected


def test_no_checks_are_met_by_nobody(tmp_path):
    """An empty part opens no box."""
    with suite_of(tmp_path, TWO) as suite:
        box = LocalBox(suite.assignment, RIGHT)
        assert list(suite.meet(box, [])) == box.opened == []


SHARED = """
@pytest.fixture(scope="module")
def greeting(shared_submission):
    return shared_submission.greet("Ada")

@pytest.mark.stub("greet")
def test_hello(greeting, submission):
    assert greeting.startswith("Hello")

@pytest.mark.stub("greet")
def test_name(greeting, submission):
    assert greeting == "Hello, Ada!"
"""


def test_what_the_checks_of_a_file_share_does_not_reach_the_next_submission(tmp_path):
    """It is made once for a submission, and made anew for the next one."""
    with suite_of(tmp_path, SHARED) as suite:
        for text, expected in ((RUDE, AssertionError), (RIGHT, type(None))):
            box = LocalBox(suite.assignment, text)
            seen = {s.check.item.name: s for s in suite.meet(box, suite.checks)}
            found = {type(seen[name].problem) for name in ("test_hello", "test_name")}
            assert found == {expected}
            assert [stub for stub, _ in box.opened].count("") == 1
            assert box.closed == len(box.opened)


def test_meeting_that_is_left_early_leaves_nothing_open(tmp_path):
    """Whoever stops in the middle can begin with the next submission."""
    with suite_of(tmp_path, SHARED) as suite:
        box = LocalBox(suite.assignment, RIGHT)
        meeting = suite.meet(box, suite.checks)
        next(meeting), next(meeting)
        meeting.close()

        assert box.closed == len(box.opened) == 3
        assert set(problems(suite, RIGHT).values()) == {type(None)}


ENDS = """
@pytest.mark.stub("greet")
def test_skipped(submission):
    pytest.skip("not on this machine")

@pytest.mark.stub("greet")
def test_given_up(submission):
    if submission.greet("Grace") != "Hello, Grace!":
        pytest.fail("it is rude")

@pytest.mark.stub("greet")
def test_refused(submission):
    with pytest.raises(Exception):
        submission.greet.no_such_attribute if submission.greet("") == "Hello, !" else None

@pytest.mark.stub("greet")
def test_plain(submission):
    assert submission.greet("Grace") == "Hello, Grace!"

@pytest.mark.stub("shout")
def test_raised(submission):
    submission.shout(3)
"""


def test_each_end_of_a_check_is_kept_as_it_was(tmp_path):
    """pytest's own ways to end a check are no faults of ours."""
    with suite_of(tmp_path, ENDS) as suite:
        rude, right = problems(suite, RUDE), problems(suite, RIGHT)

    assert rude["test_skipped"] is right["test_skipped"] is pytest.skip.Exception
    assert rude["test_given_up"] is rude["test_refused"] is pytest.fail.Exception
    assert rude["test_plain"] is AssertionError
    assert right["test_given_up"] is right["test_refused"] is right["test_plain"] is type(None)
    assert right["test_raised"] is StudentError


@pytest.mark.parametrize(
    "check_ends_with", ["pytest.fail('always')", "pytest.skip('here')", "raise SystemExit(1)"]
)
def test_check_that_could_not_work_and_ends_otherwise_for_the_solution(tmp_path, check_ends_with):
    """However it ends for the solution, it is a fault of the check, and one of ours."""
    checks = f"""
@pytest.mark.stub("greet")
def test_odd(submission):
    if submission.greet("") == "Hello, !":
        {check_ends_with}
    raise TypeError("cannot be used")
"""
    with suite_of(tmp_path, checks) as suite:
        with pytest.raises(InfrastructureError, match="test_odd fails for the solution too"):
            met(suite, RUDE)
        assert met(suite, "def shout(text): ...")  # the suite goes on


INTERRUPTED = """
@pytest.mark.stub("greet")
def test_interrupted(submission):
    if submission.greet("") == "stop":
        raise KeyboardInterrupt
"""


def test_interrupt_ends_the_run_and_leaves_nothing_open(tmp_path):
    """Ctrl-C is no failure of a submission; a notebook may go on with the next one."""
    with suite_of(tmp_path, INTERRUPTED) as suite:
        box = LocalBox(suite.assignment, "def greet(name):\n    return 'stop'\n")
        with pytest.raises(KeyboardInterrupt):
            list(suite.meet(box, suite.checks))

        assert box.closed == len(box.opened) == 2
        assert set(problems(suite, RIGHT).values()) == {type(None)}


def test_fixture_that_fails_is_a_fault_of_ours(tmp_path):
    """It costs nobody a check, and the suite can be used again."""
    checks = """
@pytest.fixture
def names(submission):
    if submission.greet("") != "Hello, !":
        raise OSError("no such file")

@pytest.mark.stub("greet")
def test_names(names, submission):
    pass
"""
    with suite_of(tmp_path, checks) as suite:
        with pytest.raises(InfrastructureError, match="a fixture failed: OSError: no such file"):
            met(suite, RUDE)
        assert set(problems(suite, RIGHT).values()) == {type(None)}


def test_check_that_asks_for_data_of_no_name_is_the_authors_error(tmp_path):
    """The submission cannot help it, and no other one would do better."""
    checks = "@pytest.mark.stub('greet')\ndef test_data(submission, dataset): pass\n"
    with suite_of(tmp_path, checks) as suite, pytest.raises(AssignmentError, match="no dataset"):
        met(suite, RIGHT)


# ------------------------------------------------------------------------------ doubts


@pytest.mark.parametrize(("text", "expected"), [(RIGHT, type(None)), (RUDE, AssertionError)])
def test_failure_in_doubt_is_confirmed(tmp_path, text, expected):
    """The second copy decides; where the first one passes, there is no second."""
    with suite_of(tmp_path, TWO) as suite:
        box = LocalBox(suite.assignment, text, first=RUDE)
        seen = list(suite.meet(box, suite.checks[1:]))

    assert type(seen[0].problem) is expected
    assert box.opened == [("greet", False), ("greet", True), ("shout", False)]


def test_stub_that_fails_meets_its_next_check_in_a_copy_of_its_own(tmp_path):
    """Until it passes one."""
    checks = """
@pytest.mark.stub("greet")
@pytest.mark.parametrize("name", ["Ada", "Eve", "Bob", "Cid", "Joe", "Kim"])
def test_greet(submission, name):
    assert submission.greet(name) == f"Hello, {name}!"
"""
    text = RIGHT.replace('f"Hello, {name}!"', '("Hey" if name < "D" else "Hello") + f", {name}!"')
    with suite_of(tmp_path, checks + SHOUT) as suite:
        box = LocalBox(suite.assignment, text, first=RUDE)
        hidden = [check for check in suite.checks if check.item.name.startswith("test_greet[")]
        seen = list(suite.meet(box, hidden))

    assert [one.problem is None for one in seen] == [False, True, False, False, True, True]
    first, own = ("greet", False), ("greet", True)
    assert box.opened == [first, own, own, first, own, own, own, first, own]


USES = """
@pytest.mark.stub("greet")
@pytest.mark.uses("shout")
def test_loud(submission):
    assert submission.greet("Ada") == "Hello, ADA!"
"""
PARTS = "def shout(text):\n    return text.upper()\n"
LOUD = "def greet(name):\n    return f'Hello, {shout(name)}!'\n"


@pytest.mark.parametrize(
    ("text", "expected", "copies"),
    [
        (LOUD + PARTS, [type(None)], 1),
        ("def greet(name): return shout(name)\ndef shout(n): return f'Hello, {n.upper()}!'", [], 1),
        (LOUD + "def shout(text):\n    return text", [type(None)], 2),
        (LOUD, [type(None)], 2),
        ("def greet(name):\n    return name\n" + PARTS, [AssertionError], 2),
    ],
    ids=["right", "cut differently", "wrong part", "missing part", "wrong"],
)
def test_own_parts_come_first_and_the_authors_second(tmp_path, text, expected, copies):
    """A program whose parts fit together passes as it is; a wrong part costs its own stub, not
    those that use it."""
    with suite_of(tmp_path, USES) as suite:
        (suite.assignment.private / "parts.py").write_text(PARTS)
        box = LocalBox(suite.assignment, text)
        seen = list(suite.meet(box, [c for c in suite.checks if c.name == "test_loud"]))

    assert [type(one.problem) for one in seen] == (expected or [type(None)])
    assert len(box.opened) == copies


@pytest.mark.parametrize(
    ("part", "supplied"),
    [("return text[::-1]", ("shout",)), ("return text.upper()", ())],
    ids=["another value", "the same value"],
)
def test_value_that_a_supplied_part_made_is_known_as_such(tmp_path, part, supplied):
    """Only where the student's own parts lead to something else."""
    checks = USES.replace("assert", "observe(submission.greet('Ada'))\n    assert")
    checks = checks.replace('== "Hello, ADA!"', '== "Hello, ADA!", submission.greet("Ada")')
    with suite_of(tmp_path, checks) as suite:
        (suite.assignment.private / "parts.py").write_text(PARTS)
        text = f"def greet(name):\n    return shout(name)\ndef shout(text):\n    {part}\n"
        box = LocalBox(suite.assignment, text)
        (seen,) = suite.meet(box, [c for c in suite.checks if c.name == "test_loud"])

    assert (str(seen.problem).split("\n")[0], seen.supplied) == ("ADA", supplied)


def test_order_that_the_program_does_not_keep_is_held_against_the_part(tmp_path):
    """The stub that calls it as the text says keeps its points."""
    checks = USES.replace('== "Hello, ADA!"', '== "Hello, ADAADA!"')
    parts = "def shout(text, times=2):\n    return text.upper() * times\n"
    text = "def greet(name):\n    return 'Hello, ' + shout(name, 2) + '!'\n"
    with suite_of(tmp_path, checks) as suite:
        (suite.assignment.private / "parts.py").write_text(parts)
        box = LocalBox(suite.assignment, text + "def shout(times, text):\n    return text * times")
        box.reordered = {"shout": "times, text"}
        seen = list(suite.meet(box, [c for c in suite.checks if c.name == "test_loud"]))

    assert [(one.check.stub, type(one.problem)) for one in seen] == [
        ("greet", type(None)),
        ("shout", Cause),
    ]


def test_training_that_no_parts_can_mend_fails_in_every_check(tmp_path):
    """The checks that look at it share the last attempt, and each has its end."""
    checks = (
        USES
        + """
@pytest.mark.stub("greet")
@pytest.mark.tier("training")
@pytest.mark.uses("shout")
@pytest.mark.parametrize("name", ["Ada", "Grace"])
def test_trained(shared_submission, name):
    assert shared_submission.greet(name) == "Bye!"
"""
    )
    with suite_of(tmp_path, checks) as suite:
        (suite.assignment.private / "parts.py").write_text(PARTS)
        box = LocalBox(suite.assignment, LOUD + "def shout(text):\n    return text")
        box.reordered = {"shout": "text"}
        seen = list(suite.meet(box, [c for c in suite.checks if c.stub == "greet"]))

    trained = [one for one in seen if one.check.tier == "training"]
    assert [type(one.problem) for one in trained] == [AssertionError, AssertionError]


def test_training_that_many_share_is_run_for_no_stub_that_failed(tmp_path):
    """It would show what the author's part does. For a stub that is right, it is."""
    checks = """
@pytest.mark.stub("greet")
def test_greet(submission):
    assert submission.greet("Ada") == "Hello, Ada!"


@pytest.fixture(scope="module")
def trained(shared_submission):
    return shared_submission.shout(shared_submission.greet("Ada"))


@pytest.mark.stub("greet")
@pytest.mark.tier("training")
@pytest.mark.uses("greet", "shout")
def test_trained_greet(trained):
    assert trained == "HELLO, ADA!"


@pytest.mark.stub("shout")
@pytest.mark.tier("training")
@pytest.mark.uses("greet", "shout")
def test_trained_shout(trained):
    assert trained == "HELLO, ADA!"
"""
    with suite_of(tmp_path, checks + SHOUT) as suite:
        (suite.assignment.private / "parts.py").write_text(RIGHT)
        ends = {}
        for text in (RIGHT, RUDE, RUDE.replace("text.upper()", "text")):
            box = LocalBox(suite.assignment, text)
            trained = [one for one in suite.meet(box, suite.checks) if one.check.tier == "training"]
            ends[text] = [
                *(str(one.problem or "passed").partition(":")[2].strip() for one in trained),
                sum(not stub for stub, _confirms in box.opened),
            ]

    greet, shout = (f"{stub} has to pass its other checks first" for stub in ("greet", "shout"))
    assert [*ends.values()] == [["", "", 1], [greet, "", 1], [greet, shout, 0]]


def test_stub_that_is_missing_leaves_no_doubt(tmp_path):
    """What is not written is not there in any copy."""
    with suite_of(tmp_path, TWO) as suite:
        box = LocalBox(suite.assignment, RIGHT, first="def greet(name): ...")
        seen = list(suite.meet(box, suite.part(("shout",))))

    assert type(seen[0].problem) is MissingStub
    assert box.opened == [("shout", False)]


def test_shared_training_is_confirmed_too(tmp_path):
    """A check that looks at what is shared sees it made anew."""
    with suite_of(tmp_path, SHARED) as suite:
        box = LocalBox(suite.assignment, RIGHT, first=RUDE)
        hello = [check for check in suite.checks if check.item.name == "test_hello"]
        seen = list(suite.meet(box, hello))

    assert seen[0].problem is None
    assert [confirms for stub, confirms in box.opened if not stub] == [False, True]


def test_stub_that_did_not_answer_is_not_trained(tmp_path):
    """A training of minutes is not begun for a stub that has let a quick check wait."""
    checks = """
from grader.errors import DeadlineExceeded

@pytest.mark.stub("greet")
def test_waits(submission):
    raise DeadlineExceeded("no answer within 10 seconds")

@pytest.mark.stub("greet")
@pytest.mark.tier("training")
def test_trains(submission):
    pass

@pytest.mark.stub("shout")
@pytest.mark.tier("training")
def test_trains_the_other(submission):
    pass
"""
    with suite_of(tmp_path, checks) as suite:
        seen = met(suite, RIGHT)

    assert isinstance(seen["test_trains"].problem, DeadlineExceeded)
    assert "not run" in str(seen["test_trains"].problem)
    assert seen["test_trains_the_other"].problem is None


UNPACKS = """
@pytest.fixture
def pair(submission):
    first, second = submission.greet("Ada")
    return first


@pytest.mark.stub("greet")
def test_pair(pair):
    assert pair
"""


def test_fixture_that_stumbles_over_what_a_submission_gave_costs_its_check(tmp_path):
    """A student cannot go ungraded by an answer that a fixture of the author does not expect."""
    with suite_of(tmp_path, UNPACKS) as suite:
        seen = met(suite, "def greet(name):\n    return 7\n")

    assert type(seen["test_pair"].problem) is TypeError


def test_object_that_stays_in_the_box_is_a_wrong_answer_like_any_other(tmp_path):
    """A generator, a function or an instance of an own class in the place of a text."""
    checks = """
@pytest.mark.stub("greet")
def test_text(submission):
    assert_number(submission.greet("Ada"), 1, what="it")
"""
    with suite_of(tmp_path, f"from grader.checking import assert_number\n{checks}") as suite:
        for value in ("(x for x in name)", "greet", "type('Own', (), {})()"):
            seen = met(suite, f"def greet(name):\n    return {value}\n")["test_text"]
            assert isinstance(seen.problem, AssertionError)
            assert len(seen.trace) == 1

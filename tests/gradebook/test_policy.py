"""course.toml: what it says is what counts, and what does not fit is an error with its place."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest

from grader.course.assignment import available
from grader.errors import AssignmentError
from grader.gradebook.lateness import Late, duration
from grader.gradebook.policy import load_policy
from grader.gradebook.rules import Policy, unmatched
from tests.conftest import ROOT
from tests.gradebook.cases import ADA, ASSIGNMENTS, BERLIN, DUE, DUE_AT_23_59, KIM, read

EXAMPLE = re.search(r"```toml\n(.*?)```", (ROOT / "docs/grades.md").read_text("utf-8"), re.DOTALL)[
    1
]
EXTENSION = DUE_AT_23_59 + '[[extension]]\nassignment = "softmax"\ndays = 1\nperson = "{}"\n'


def complaint(folder, text: str) -> str:
    """What is said against a course.toml, without the folder."""
    with pytest.raises(AssignmentError) as caught:
        read(folder, text)
    return str(caught.value).removeprefix(f"{folder}/")


def test_course_without_a_file_has_defaults(tmp_path):
    """The best attempt counts, and nothing is late."""
    policy = load_policy(tmp_path, ASSIGNMENTS)

    assert policy.of("softmax").attempts == "best"
    assert policy.deadline("softmax") is None


def test_example_of_the_documentation_is_read(tmp_path):
    """Each of its lines is what the code knows, for assignments that there are."""
    (tmp_path / "course.toml").write_text(EXAMPLE, "utf-8")
    policy = load_policy(tmp_path, available(ROOT))

    assert policy.of("softmax_regression").due == DUE
    assert policy.of("mlp").late == Late()
    assert [step.percent for step in policy.of("linear_regression").late.steps] == [500, 2000, 5000]
    assert policy.of("classifier").is_extra_credit
    assert len(policy.extensions) == 3


def test_example_of_the_documentation_has_every_key():
    """Nobody has to read the code for one."""
    from grader.gradebook import policy

    kinds = (policy._Course, policy._Rules, policy._Late, policy._Step, policy._Extension)
    keys = {field for kind in kinds for field in kind.__struct_fields__} - {"points"}

    assert {key for key in keys if not re.search(rf"(?m)(^|[{{ .]){key}( =|\])", EXAMPLE)} == set()
    assert "`points`" in EXAMPLE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[defaults]\ngrcae = '1 h'", "grcae: there is no such key; did you mean 'grace'?"),
        ("[coruse]", "line 1, coruse: there is no such key; did you mean 'course'?"),
        ("[defaults.late]\nper = 'dya'\npoints = 1", "per: cannot be 'dya'; did you mean 'day'?"),
        ("[defaults.late]\nper = 'day'", "late: says `per`, but neither `percent` nor `points`"),
        ("[defaults.late]\npercent = 10", "late: has to say per = 'day' or per = 'hour'"),
        ("[defaults.late]\nper = 'day'\npercent = 1\npoints = 1", "has `percent` and `points`"),
        ("[defaults.late]\nper = 'day'\npercent = 101", "percent: is not between 0 and 100"),
        ("[defaults.late]\nfloor = nan", "line 2, defaults, late, floor: is not between 0 and 100"),
        ("[defaults.late]\nper = 'day'\npercent = 1\nsteps = [{ after = '1 h' }]", "has `per` and"),
        ("[defaults.late]\nsteps = [{ afer = '1 h' }]", "did you mean 'after'?"),
        ("[defaults.late]\nsteps = [{ after = '1 h' }, { after = '1 h' }]", "later than the step"),
        (
            "[defaults.late]\nsteps = [\n{ after = '1 h', percent = 5 },\n{ after = '2 h' }]",
            "late, steps 2: costs less than the step before",
        ),
        ("[defaults]\ngrace = '15 minuets'", "'15 minuets' is no time; write '15 min'"),
        ("[defaults]\nattempts = 'lst'", "did you mean 'last'?"),
        ("[defaults]\nweight = -1", "weight: is not between 0 and 1000"),
        ("[defaults]\nmax = 'many'", "line 2, defaults, max: expected `float`, got `string`"),
        ("[course]\ntimezone = 'Europe/Berln'", "did you mean 'Europe/Berlin'?"),
        ("[course]\ntimezone = 'here'", "there is no such time zone; write one such as"),
        ("[course]\ndrop = -1", "course, drop: is below 0"),
        ("[course]\nrounding = 0", "rounding: is not between 0.01 and 1000"),
        ("[assignment.softmx]", "there is no assignment 'softmx'; did you mean 'softmax'?"),
        ("[assignment.softmax]\ndue = '20.11.2026'", "due: is no date. A date and time is"),
        ("[[extension]]\nassignment = 'mlp'\ndays = 1", "extension 1: the key 'person' is missing"),
        ("[[extension]]\nperson = ' '\ndays = 1", "extension 1, person: names nobody"),
        ("[[extension]]\nperson = 'a'\nassignment = 'mlp'", "gives one of `until`, `days`"),
        ("[[extension]]\nperson = 'a'\nexcused = true", "the key 'assignment' is missing"),
        ("[[extension]]\nperson = 'a'\ndays = -1", "extension 1, days: is not between 0"),
        ("[defaults]\ngrace = '90000 days'", "line 2, defaults, grace: is longer than 3650 days"),
        ("[defaults]\ndue = 9999-12-31", "defaults, due: is not between the years 2000 and 2199"),
        ("[defaults]\nlate = '10 %'", "defaults, late: expected `table`, got `string`"),
        ("[assignment]\ndue = 2026-11-20", "assignment: expected `table`, got `"),
        ("[[extension]]\nperson = 4711", "extension 1, person: expected `string`, got `integer`"),
        ("[[extension]]\nperson = 'a'\ndays = 1\nassignment = 'mlp'", "mlp has no due date"),
        ("[[extension]]\nperson = 'a'\ndays = 1\nassignment = 'mpl'", "did you mean 'mlp'?"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_an_error_with_its_place(tmp_path, text, said):
    """File, line, key, and what to write instead."""
    found = complaint(tmp_path, text)

    assert re.match(r"course.toml(, line \d+| is not TOML)", found)
    assert said in found


def test_date_without_seconds_is_told_how_to_write_it(tmp_path):
    """What the parser of TOML says about it alone helps nobody."""
    found = complaint(tmp_path, "[assignment.softmax]\ndue = 2026-11-20 23:59")

    assert "line 2" in found
    assert found.endswith("without quotes and with seconds: 2026-11-20T23:59:00")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("15 min", 900),
        ("1 hour", 3600),
        ("36h", 129_600),
        ("1.5 hours", 5400),
        ("2 days", 172_800),
        ("1 day 12 hours", 129_600),
        ("1 week", 604_800),
        ("0 min", 0),
    ],
)
def test_durations_are_read_as_people_write_them(text, seconds):
    """Numbers with units, also several of them."""
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "15", "min", "fifteen min", "-1 h", "1 h later", "9e9 days"])
def test_what_is_no_duration_is_refused(text):
    """Nothing is guessed."""
    assert duration(text) is None


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-20T23:59:00", DUE),
        ("2026-11-20T23:59:00+01:00", DUE),
        ("2026-11-20T22:59:00Z", DUE),
        ("2026-11-20", DUE + timedelta(seconds=59)),  # the end of that day
        ("2026-10-25T02:30:00", datetime(2026, 10, 25, 1, 30, tzinfo=timezone.utc)),  # it is twice
        ("2026-03-29T02:30:00", datetime(2026, 3, 29, 1, 30, tzinfo=timezone.utc)),  # it never is
    ],
)
def test_due_dates_are_on_the_clock_of_the_course(tmp_path, written, moment):
    """Unless they have an offset; what is ambiguous is the later moment."""
    policy = read(tmp_path, f"{BERLIN}[assignment.softmax]\ndue = {written}\n")

    assert policy.deadline("softmax").due == moment


def test_assignment_replaces_what_the_defaults_say(tmp_path):
    """Key by key; its table `late` as a whole."""
    policy = read(
        tmp_path,
        "[defaults]\nattempts = 'last'\nweight = 2\n"
        "late = { per = 'day', points = 5, floor = 50 }\n"
        "[assignment.softmax]\nweight = 1\nlate = { per = 'hour', points = 1 }",
    )

    assert policy.of("softmax").attempts == "last"
    assert policy.of("softmax").weight == 100
    assert policy.of("softmax").late == Late("hour", points=100)
    assert policy.of("mlp").late == Late("day", points=500, floor=5000)


@pytest.mark.parametrize(
    "person",
    ["4711", "ada", "ADA@example.org", "Ada Müller", "müller, ada", "Muller  Ada", "ada_muller"],
)
def test_person_of_an_extension_is_any_id_email_or_name(tmp_path, person):
    """Whatever the capitals, accents and order of the words."""
    policy = read(tmp_path, EXTENSION.format(person))

    assert unmatched(policy, [ADA, KIM]) == []
    assert [one.person for one in policy.extensions_of("softmax", ADA)] == [person]
    assert policy.extensions_of("softmax", KIM) == policy.extensions_of("mlp", ADA) == []


def test_extension_of_nobody_is_told_with_near_names(tmp_path):
    """Its place in the file is in the sentence."""
    policy = read(tmp_path, EXTENSION.format("ada@exmaple.org"))
    (note,) = unmatched(policy, [ADA, KIM])

    assert "line 8, extension 1, person: nobody is called 'ada@exmaple.org'" in note
    assert "near are ada@example.org" in note


def test_extension_of_several_people_is_told(tmp_path):
    """All of them have it."""
    twin = KIM.__class__(3, "Kim Lee", "", (), "", True)
    policy = read(tmp_path, EXTENSION.format("Kim Lee"))
    (note,) = unmatched(policy, [ADA, KIM, twin])

    assert "2 people are called 'Kim Lee'" in note
    assert all(policy.extensions_of("softmax", person) for person in (KIM, twin))


def test_latest_of_several_extensions_counts(tmp_path):
    """None makes a due date earlier, and a date to cut off does not come before it."""
    text = DUE_AT_23_59 + "late = { cut_off = 2026-11-21T12:00:00 }\n"
    for until in ("2026-11-23T23:59:00", "2026-11-22T23:59:00", "2026-11-01T23:59:00"):
        text += f"[[extension]]\nperson = '4711'\nassignment = 'softmax'\nuntil = {until}\n"
    policy = read(tmp_path, text)
    deadline = policy.deadline("softmax", policy.extensions_of("softmax", ADA))

    assert deadline.due == deadline.end == deadline.cut_off == DUE + timedelta(days=3)
    assert policy.deadline("softmax").cut_off == DUE + timedelta(hours=12, minutes=1)


def test_days_end_at_the_same_time_of_day(tmp_path):
    """Also on the day of 25 hours on which clocks are put back."""
    policy = read(
        tmp_path,
        f"{BERLIN}[assignment.softmax]\ndue = 2026-10-24T23:59:00\n"
        "late = { per = 'day', points = 10 }",
    )
    deadline = policy.deadline("softmax")
    day_of_25_hours = deadline.due + timedelta(hours=25)

    assert deadline.deduction(day_of_25_hours, 10_000, 10_000) == 1000
    assert deadline.deduction(day_of_25_hours + timedelta(seconds=1), 10_000, 10_000) == 2000


def test_clock_of_this_machine_is_the_default(tmp_path):
    """What course.toml does not say, the machine does."""
    policy = read(tmp_path, "[assignment.softmax]\ndue = 2026-11-20T23:59:00")

    assert policy.deadline("softmax").due == datetime(2026, 11, 20, 23, 59).astimezone()
    assert isinstance(policy, Policy)

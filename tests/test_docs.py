"""The documentation keeps up with the code: commands, options, JSON fields, links."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
import typer

from grader.checking.results import CheckResult, Compared, Curve, Outcome, Predictions
from grader.cli import console as cli_shared
from grader.cli.main import app
from grader.cli.options import Device, Language, Level
from grader.grading.record_json import to_object
from grader.grading.records import DatasetUsed, Record, Status
from grader.grading.scoring import Grade, Result, StubGrade

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
JSON = (ROOT / "docs/json.md").read_text("utf-8")
USERS_DOCS = README + "".join(path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md"))
PROGRAM: Any = typer.main.get_command(app)


def commands(group: Any, prefix: str = "") -> dict[str, Any]:
    """Every command below a group, as it is typed: "grade", "misconception add"."""
    found = {}
    for name, command in group.commands.items():
        nested = getattr(command, "commands", None)
        found |= commands(command, f"{prefix}{name} ") if nested else {prefix + name: command}
    return found


COMMANDS = commands(PROGRAM)
LEFT_OUT = {"results", "build", "dist", "node_modules"}


def options() -> Iterator[tuple[str, str]]:
    """Every option as (command or "", its long or short name)."""
    for name, command in {"": PROGRAM, **COMMANDS}.items():
        for parameter in command.params:
            if parameter.param_type_name == "option":
                yield from ((name, spelling) for spelling in parameter.opts)


def markdown_files() -> list[Path]:
    found = []
    for folder, names, files in os.walk(ROOT):
        names[:] = [n for n in names if not n.startswith((".", "__")) and n not in LEFT_OUT]
        found += [Path(folder, file) for file in files if file.endswith(".md")]
    return sorted(found)


def section(heading: str) -> str:
    """The text of docs/json.md below a heading, up to the next one."""
    return JSON.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def documented(heading: str) -> list[str]:
    """The fields that the table below a heading has, in its order."""
    return re.findall(r"^\| `(\w+)` \|", section(heading), flags=re.MULTILINE)


def fields(struct: type[msgspec.Struct]) -> list[str]:
    return [field.name for field in msgspec.structs.fields(struct)]


def fields_of_an_object() -> list[str]:
    record = Record("", "", "graded", None, "cpu", None, [], [], "", 0.0, {}, {})
    return list(to_object(Result(record, Grade(0.0, 0.0, []))))


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_documented(command):
    """README.md or docs/ show how each command is called."""
    assert f"grader {command}" in USERS_DOCS


@pytest.mark.parametrize(("command", "option"), list(options()))
def test_option_is_documented(command, option):
    """README.md or docs/ mention each option of each command."""
    assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", USERS_DOCS)


def test_options_are_found():
    """The test above looks at the real options, not at an empty list."""
    assert {("grade", "--json"), ("grade", "--fail-under"), ("data", "--data")} <= set(options())


@pytest.mark.parametrize(
    ("option", "choices"), [("device", Device), ("isolation", Level), ("lang", Language)]
)
def test_choices_are_documented(option, choices):
    """The README names all values of an option that takes one of a few."""
    usage = f"--{option} " + "|".join(choice.value for choice in choices)

    assert usage in README.replace(r"\|", "|")


@pytest.mark.parametrize("command", ["make grade", "make test"])
def test_readme_begins_with_the_two_commands(command):
    """Both make commands stand above the first heading of a section."""
    assert command in README.split("\n## ")[0]


@pytest.mark.parametrize(
    ("heading", "existing"),
    [
        ("A submission", fields_of_an_object()),
        ("`dataset`", fields(DatasetUsed)),
        ("An entry of `stubs`", fields(StubGrade)),
        ("An entry of `checks`", fields(CheckResult)),
        ("`compared`", fields(Compared)),
        ("An entry of `curves`", fields(Curve)),
        ("`predictions`", fields(Predictions)),
    ],
)
def test_json_fields_are_documented(heading, existing):
    """docs/json.md has exactly the fields that exist, in their order."""
    assert documented(heading) == existing


@pytest.mark.parametrize(
    ("heading", "values"),
    [("A submission", get_args(Status)), ("An entry of `checks`", get_args(Outcome))],
)
def test_json_values_are_documented(heading, values):
    """Every status and every outcome is explained where its field is."""
    assert [value for value in values if f"`{value}`" not in section(heading)] == []


@pytest.mark.parametrize(
    "code",
    [
        cli_shared.BELOW_THRESHOLD,
        cli_shared.USAGE,
        cli_shared.INFRASTRUCTURE,
        cli_shared.INTERRUPTED,
    ],
)
def test_exit_codes_are_documented(code):
    """docs/json.md explains every exit code of its own."""
    assert re.search(rf"^\| {code} \|", section("Exit codes"), flags=re.MULTILINE)


def test_json_example_has_the_real_fields():
    """The example of docs/json.md is valid JSON, and as complete as a real object."""
    (example,) = json.loads(re.search(r"```json\n(.*?)```", JSON, flags=re.DOTALL)[1])

    assert list(example) == fields_of_an_object()
    assert list(example["dataset"]) == fields(DatasetUsed)
    assert all(list(entry) == fields(StubGrade) for entry in example["stubs"])
    assert all(list(entry) == fields(CheckResult) for entry in example["checks"])


@pytest.mark.parametrize("path", markdown_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(path):
    """Each relative link of a .md file points to a file or folder that exists."""
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    targets = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text)]
    local = [target for target in targets if target and "://" not in target]

    assert [target for target in local if not (path.parent / target).exists()] == []


def in_the_course(place: str, name: str) -> bool:
    """Whether a helper, a solution or its checks define, or set, that name."""
    helper, solution = ROOT / "assignments/helpers" / place, ROOT / "solutions" / place
    files = helper.glob("*.py") if helper.is_dir() else solution.glob("*.py")
    defined = re.compile(rf"^\s*(?:def |class )?(?:\w+, )*{name}\b(?:, \w+)*\s*(?:[(:=]|$)", re.M)
    return any(defined.search(file.read_text("utf-8")) for file in files)


def test_every_cell_of_the_documents_lives_where_it_is_said_to():
    """What docs/course.md names as `assignment/name` is there."""
    cells = (ROOT / "docs/course.md").read_text("utf-8").split("\n## Cell by cell\n")[1]
    named = set(re.findall(r"`([a-z]\w*)/(\w+)`", cells)) - {
        ("assignment", "name"),
        ("d2l", "name"),
    }

    assert len(named) > 90
    assert {each for each in named if not in_the_course(*each)} == set()

"""solution.ipynb is a source as solution.py is one: the same text, errors with cell and line."""

from __future__ import annotations

import copy
import json
import os
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert.preprocessors import ExecutePreprocessor
from typer.testing import CliRunner

from grader.checking.digests import of_stubs
from grader.cli.main import app
from grader.course import assignment as assignments
from grader.course import magics, source, templates
from grader.course.scaffold import create
from grader.errors import AssignmentError
from grader.grading.settings import Settings
from grader.validation.programs import others
from grader.validation.proof import prove
from tests.conftest import ROOT, grade_paths

STUB = """def double(x):
    \"\"\"Twice x.\"\"\"
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION"""


def cell(text: str, kind: str = "code", **metadata: object) -> dict[str, Any]:
    """A cell as it is written in a notebook."""
    made: dict[str, Any] = {"cell_type": kind, "metadata": metadata, "source": text}
    return made | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def notebook(folder: Path, *cells: dict[str, Any]) -> Path:
    """solution.ipynb with these cells."""
    path = folder / "solution.ipynb"
    whole = {"cells": [*cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(whole), "utf-8")
    return path


def converted(name: str, folder: Path) -> Path:
    """A course with one assignment of ours, whose source is a notebook."""
    for part in ("assignments", "solutions"):
        shutil.copytree(ROOT / part / name, folder / part / name)
    shutil.copytree(ROOT / "assignments/helpers", folder / "assignments/helpers")
    script = folder / "solutions" / name / "solution.py"
    text = templates.to_notebook(script.read_text("utf-8"))
    script.with_suffix(".ipynb").write_text(text, "utf-8")
    script.unlink()
    return folder


@pytest.mark.parametrize("name", ["convolution", "mlp", "softmax_classes"])
def test_notebook_gives_the_template_that_the_script_gives(name, tmp_path):
    """To the byte: script, notebook and public contract."""
    course = converted(name, tmp_path)

    written = templates.write(course / f"solutions/{name}/solution.ipynb", tmp_path / name)

    assert len(written) == 3
    for path in written:
        assert path.read_bytes() == (ROOT / "assignments" / name / path.name).read_bytes()


def test_records_are_those_that_the_script_gives(tmp_path):
    """With a submission that is right, one that is open and one that is wrong."""
    name = "logistic_regression"
    course = converted(name, tmp_path / "course")
    wrong = [each.text for each in others(assignments.load(name, ROOT), [], False)][2:5]
    texts = [(ROOT / f"solutions/{name}/solution.py").read_text("utf-8"), *wrong]
    paths = [tmp_path / f"student_{number}.py" for number, _ in enumerate(texts)]
    for path, text in zip(paths, texts):
        path.write_text(text, "utf-8")

    records = [
        [each.record for each in grade_paths(paths, assignment=name, course=folder)]
        for folder in (ROOT, course)
    ]

    ours, theirs = (
        [
            [
                (check.name, check.outcome, check.message, check.misconception)
                for check in each.checks
            ]
            for each in found
        ]
        for found in records
    )
    assert ours == theirs
    assert [each.digests for each in records[0]] == [each.digests for each in records[1]]


def test_what_a_run_leaves_in_a_notebook_changes_nothing(tmp_path):
    """Neither outputs nor counts, ids and metadata are part of a digest; none reach students."""
    create("week_3", tmp_path, form="notebook")
    loaded = assignments.load("week_3", tmp_path)
    before = (loaded.digest, of_stubs([], loaded), loaded.source.template())
    content = json.loads(loaded.solution.read_text("utf-8"))
    for number, each in enumerate(content["cells"]):
        each["id"] = f"other-{number}"
        each["metadata"] = {"collapsed": True}
        if each["cell_type"] == "code":
            each["execution_count"] = 7
            each["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "a secret"}]
    loaded.solution.write_text(json.dumps(content), "utf-8")

    again = assignments.load("week_3", tmp_path)

    assert (again.digest, of_stubs([], again), again.source.template()) == before
    for file in templates.write(again.solution, again.public):
        assert "a secret" not in file.read_text("utf-8")


def test_change_of_the_solution_changes_the_digest(tmp_path):
    """What a notebook says decides, as what a script says."""
    create("week_3", tmp_path, form="notebook")
    before = assignments.load("week_3", tmp_path)
    digest, stubs = before.digest, of_stubs([], before)
    text = before.solution.read_text("utf-8").replace("X / largest", "X/largest")
    before.solution.write_text(text, "utf-8")

    after = assignments.load("week_3", tmp_path)

    assert after.digest != digest
    assert of_stubs([], after) != stubs


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (STUB.replace("END SOLUTION", "END SOLUTON"), "cell 3, line 5", "is not a mark"),
        (STUB.replace("    ### END SOLUTION", ""), "cell 3, line 3", "without an END SOLUTION"),
        (STUB.replace("### BEGIN", "### BEGIN SOLUTION\n    ### BEGIN"), "cell 3, line 4",
         "that cell 3, line 3 opened"),
        ("x = 1\nx = = 2", "cell 3, line 2", "not valid Python"),
        ("x = (\n  1)  # SOLUTION", "cell 3, line 2", "assignment of one line"),
        ("\n\ny = 1  # Solution", "cell 3, line 3", "is not a mark"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_cell_and_line(tmp_path, text, place, words):
    """As the author counts them in Jupyter: empty cells, text and magics among them."""
    path = notebook(tmp_path, cell("# A text", "markdown"), cell(""), cell(text))

    with pytest.raises(AssignmentError) as caught:
        source.read(path).template()

    assert f"{path}, {place}: " in str(caught.value)
    assert words in str(caught.value)


def test_mark_in_a_text_is_named_by_its_cell(tmp_path):
    """It may be a mark that stands in the wrong cell."""
    path = notebook(tmp_path, cell("A text\n\n### END SOLUTION", "markdown"))

    with pytest.raises(AssignmentError, match=r"cell 1, line 3: .* wrong place"):
        source.read(path).template()


def test_cut_that_breaks_the_program_is_named_by_its_cell(tmp_path):
    """The line of the source, for nobody sees the template."""
    text = "def f():\n    # BEGIN SOLUTION\n    try:\n        pass\n    # END SOLUTION\n"
    text += "    finally:\n        pass"
    path = notebook(tmp_path, cell("import torch"), cell(text))

    with pytest.raises(AssignmentError, match="cell 2, line 6: the template cut from it"):
        source.read(path).template()


@pytest.mark.parametrize("command", ["template", "release", "validate", "preview"])
def test_every_command_names_the_cell(tmp_path, command):
    """Whichever command meets it first."""
    create("week_3", tmp_path, form="notebook")
    solution = tmp_path / "solutions/week_3/solution.ipynb"
    text = solution.read_text("utf-8").replace("### END SOLUTION", "### END SOLUTON")
    solution.write_text(text, "utf-8")
    others = ["--to", str(tmp_path / "out")] if command == "release" else []

    done = CliRunner().invoke(app, [command, "week_3", *others, "--course", str(tmp_path)])

    assert done.exit_code == 2
    said = "".join(done.output.split())
    assert "solution.ipynb,cell4,line16:'###ENDSOLUTON'" in said


def test_two_sources_are_an_error_that_says_which_one_to_delete(tmp_path):
    """The older one, if the other is the one that the author works in."""
    create("week_3", tmp_path, form="notebook")
    private = tmp_path / "solutions/week_3"
    (private / "solution.py").write_text("x = 1\n", "utf-8")
    os.utime(private / "solution.py", (1, 1))

    with pytest.raises(
        AssignmentError, match=r"solution\.ipynb was saved last: .* delete solution.py;"
    ):
        assignments.load("week_3", tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not a notebook that can be read"),
        ('{"cells": [], "metadata": {"kernelspec": {"language": "R"}}, "nbformat": 4, '
         '"nbformat_minor": 4}', "is written in R"),
        (b"\xff\xfe", "is not in UTF-8"),
    ],
)  # fmt: skip
def test_file_that_is_no_source_is_an_error_with_its_name(tmp_path, content, words):
    """Never a traceback."""
    path = tmp_path / "solution.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(AssignmentError, match=f"solution.ipynb {words}"):
        source.read(path)


def test_picture_that_was_pasted_is_refused(tmp_path):
    """It would be missing in what students get."""
    pasted = cell("![](attachment:a.png)", "markdown") | {
        "attachments": {"a.png": {"image/png": ""}}
    }

    with pytest.raises(AssignmentError, match="cell 2: a picture that was pasted"):
        source.read(notebook(tmp_path, cell("x = 1"), pasted))


def test_metadata_of_nbgrader_say_what_students_write(tmp_path):
    """All of a solution without marks is cut out, and so are a model answer and a mark scheme."""
    mine = {"solution": True, "grade": False}
    path = notebook(
        tmp_path,
        cell("def double(x):\n    return 2 * x\n\n\nstart = 3", nbgrader=mine),
        cell("The answer is 42.", "markdown", nbgrader={"solution": True, "grade": True}),
        cell("Do it.\n=== BEGIN MARK SCHEME ===\n3 points", "markdown", nbgrader={"task": True}),
        cell("assert double(1) == 2\n### BEGIN HIDDEN TESTS\nassert double(2) == 4\n"
             "### END HIDDEN TESTS", nbgrader={"grade": True}),
    )  # fmt: skip

    template = source.read(path).template()

    assert "2 * x" not in template
    assert 'raise NotImplementedError("double: your code is still missing")' in template
    assert "start = ...  # YOUR CODE HERE" in template
    assert "42" not in template
    assert "3 points" not in template
    assert "assert double(1) == 2" in template
    assert "double(2)" not in template


def test_misspelt_mark_in_a_cell_of_nbgrader_is_no_cell_without_marks(tmp_path):
    """Its author meant to mark a part, and not all of it."""
    text = STUB.replace("BEGIN SOLUTION", "BEGIN SOLUTON").replace("    ### END SOLUTION", "")
    path = notebook(tmp_path, cell(text, nbgrader={"solution": True}))

    with pytest.raises(AssignmentError, match=r"cell 1, line 3: .* is not a mark"):
        source.read(path).template()


MAGICS = [
    "%matplotlib inline\nimport torch",
    "!pip install \\\n    d2l\nx = 1",
    "import sys\nif 'google.colab' in sys.modules:\n    !pip install d2l\n    %cd work",
    "files = !ls\n%time y = len(files)",
    "%%time\nx = 1",
    "%%bash\necho hello\n\nls",
    "# %matplotlib inline\n# copy the weights\nx = 1",
    "    # !ls\nx = '''\n%no magic\n'''",
    "x = 7\nprint(x\n      % 4)",
]


@pytest.mark.parametrize("text", MAGICS)
def test_magics_are_comments_in_the_text_and_magics_again_in_the_notebook(text):
    """On the same lines; a comment that looks like one stays a comment."""
    plain = magics.commented(text)

    compile(plain, "cell", "exec")
    assert plain.count("\n") == text.count("\n") == magics.python_in(text).count("\n")
    assert magics.uncommented(plain) == text


def test_notebook_with_magics_is_handed_out_with_them(tmp_path):
    """In the script they are comments; what is Python in them belongs to the solution."""
    path = notebook(
        tmp_path, cell("%matplotlib inline"), cell("%time start = 3\n!pip list"), cell(STUB)
    )

    found = source.read(path)

    template = found.template()
    assert "# %matplotlib inline\n" in template
    cells = nbformat.reads(templates.to_notebook(template), as_version=4).cells
    assert [each.source for each in cells[:2]] == [
        "%matplotlib inline",
        "%time start = 3\n!pip list",
    ]
    assert "start = 3\npass" in found.python


def test_solution_with_magics_is_proven(tmp_path):
    """As students' notebooks are read: the value of a %time is there, a %%bash is not run."""
    create("week_3", tmp_path, form="notebook")
    path = tmp_path / "solutions/week_3/solution.ipynb"
    content = json.loads(path.read_text("utf-8"))
    content["cells"][1:1] = [cell("%matplotlib inline\n%time ONE = 1"), cell("%%bash\nrm -r /")]
    content["nbformat_minor"] = 4
    for each in content["cells"]:
        each.pop("id", None)
    text = json.dumps(content).replace("X / largest", "X * ONE / largest")
    path.write_text(text, "utf-8")
    templates.write(path, tmp_path / "assignments/week_3")

    proof = prove(
        tmp_path,
        "week_3",
        Settings("cpu"),
        lambda text: None,
        runs=1,
        alternatives=[],
        with_mutants=False,
    )

    assert proof.findings == []


def test_template_of_a_notebook_runs_in_a_kernel(tmp_path, monkeypatch):
    """All cells above the first stub; there it says what is missing."""
    for variable in ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / "jupyter"))
    path = notebook(
        tmp_path, cell("%time start = 3\n!echo here"), cell(STUB), cell("print(double(start))")
    )
    given = nbformat.reads(templates.to_notebook(source.read(path).template()), as_version=4)
    solved = copy.deepcopy(given)
    solved.cells[1].source = STUB

    for each in (given, solved):
        ExecutePreprocessor(timeout=60, allow_errors=True).preprocess(each, {})

    assert given.cells[2].outputs[0].evalue == "double: your code is still missing"
    assert solved.cells[2].outputs[0].text == "6\n"
    assert "here" in solved.cells[0].outputs[-1].text

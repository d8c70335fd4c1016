"""Templates are cut from the solution by code, and only the marked parts are taken out."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course import templates
from grader.course.assignment import available, load, load_public
from grader.course.cutting import cut
from grader.course.strict_toml import tomllib
from grader.errors import AssignmentError

ROOT = Path(__file__).parents[2]
SOLUTIONS = sorted(ROOT.glob("solutions/*/solution.py"))

SOURCE = '''\
# %% [markdown]
# # A course text, with π in it

# %%
W, é = 1, "é"; W = (2 + 2)
b: int = 3  # SOLUTION
text = ("é", (1, 2))  # SOLUTION


def f(x):
    """Doc."""
    y = x + 1  # kept
    ### BEGIN SOLUTION
    if y:
        y = 2
    ### END SOLUTION
    return y


class A:
    def g(self):
        # BEGIN SOLUTION
        return 1
        # END SOLUTION

    def h(self):
        """### BEGIN SOLUTION"""
'''

TEMPLATE = '''\
# %% [markdown]
# # A course text, with π in it

# %%
W, é = 1, "é"; W = (2 + 2)
b: int = ...  # YOUR CODE HERE
text = ...  # YOUR CODE HERE


def f(x):
    """Doc."""
    y = x + 1  # kept
    # YOUR CODE HERE
    raise NotImplementedError("f: your code is still missing")
    return y


class A:
    def g(self):
        # YOUR CODE HERE
        raise NotImplementedError("A.g: your code is still missing")

    def h(self):
        """### BEGIN SOLUTION"""
'''


def test_cut_takes_out_the_marked_parts_and_nothing_else():
    """Blocks and marked values are replaced; text, code and strings around them are kept."""
    assert cut(SOURCE) == TEMPLATE


OTHERS = '''\
seed = 3  # SOLUTION NO PROMPT
# BEGIN SOLUTION NO PROMPT
W = torch.zeros(2)
# END SOLUTION
""" # BEGIN PROMPT
W = ...
""" # END PROMPT


def f(x):
    # BEGIN SOLUTION NO PROMPT
    return x
    # END SOLUTION
    """ # BEGIN PROMPT
    return ...  # one line
    """ # END PROMPT


# a resolution of the solution's problems begins and ends here
assert f(1) == 1
### BEGIN HIDDEN TESTS
assert f(2) == 2
### END HIDDEN TESTS
'''


def test_marks_of_nbgrader_and_otter_are_understood():
    """What students shall not see is cut out, with or without something in its place."""
    assert cut(OTHERS) == (
        "W = ...\n\n\ndef f(x):\n    return ...  # one line\n\n\n"
        "# a resolution of the solution's problems begins and ends here\nassert f(1) == 1\n"
    )


def test_a_template_is_cut_into_itself():
    """Without marks nothing changes."""
    assert cut(TEMPLATE) == TEMPLATE


def test_nested_functions_are_named_with_a_dot():
    """The message names the way to the innermost function."""
    source = (
        "def f():\n    def g():\n        # BEGIN SOLUTION\n        pass\n        # END SOLUTION\n"
    )
    assert 'NotImplementedError("f.g: your code' in cut(source)


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("    # BEGIN SOLUTION\n    pass\n", 2, "without an END"),
        ("    pass\n    # END SOLUTION\n", 3, "without a BEGIN"),
        ("    # BEGIN SOLUTION\n    # BEGIN SOLUTION\n    pass\n", 3, "that line 2 opened"),
        ("    # BEGIN SOLUTION\n    x = 1  # SOLUTION\n    pass\n", 3, "that line 2 opened"),
        ("    pass  # BEGIN SOLUTION\n", 2, "wrong place"),
        ("    # begin solution\n    pass\n", 2, "not a mark"),
        ("    # BEGIN SOLUTIONS\n    pass\n", 2, "not a mark"),
        ("    # BEGIN SOLUTION\n    pass\n    # END SOLUTON\n", 4, "not a mark"),
        ("    # BEGIN HIDEN TESTS\n    pass\n", 2, "not a mark"),
        ("    # BEGIN HIDDEN TESTS\n    pass\n    # END SOLUTION\n", 4, "for the BEGIN HIDDEN"),
        ("    # BEGIN HIDDEN TESTS\n    pass\n", 2, "without an END HIDDEN TESTS"),
        ('    """ # BEGIN PROMPT\n    pass\n    """\n', 4, "without an END PROMPT"),
        ("    pass  # END PROMPT\n", 2, "not a mark"),
        ("    # SOLUTION\n    pass\n", 2, "wrong place"),
        ("    x = 1  # Solution\n", 2, "not a mark"),
        ("    x = 1  # SOLUTION: one\n", 2, "not a mark"),
        ("    return 1  # SOLUTION\n", 2, "assignment of one line"),
        ("    x = 1; y = 2  # SOLUTION\n", 2, "assignment of one line"),
        ("    x = (\n        1)  # SOLUTION\n", 3, "assignment of one line"),
        ("    x = dict(\n        y=1  # SOLUTION\n    )\n", 3, "assignment of one line"),
        ("    pass\n\n# BEGIN SOLUTION\nx = 1\n# END SOLUTION\n", 4, "inside a function"),
        ("    pass\nclass A:\n    # BEGIN SOLUTION\n    x = 1\n    # END SOLUTION\n", 4, "inside"),
        ("    pass\n# BEGIN SOLUTION\n    pass\n    # END SOLUTION\n", 3, "inside a function"),
        ("    pass\n    x = = 1\n", 3, "the solution is not valid Python"),
    ],
)  # fmt: skip
def test_wrong_marks_are_errors_that_name_the_line(body, line, words):
    """A mark that does not fit is never passed over, for it would give the solution away."""
    with pytest.raises(AssignmentError, match=rf"^line {line}: .*{words}"):
        cut("def f():\n" + body)


def test_a_cut_that_breaks_the_program_is_an_error():
    """The end of a block that cuts a statement in two is found."""
    source = (
        "def f():\n    # BEGIN SOLUTION\n    try:\n        pass\n"
        "    # END SOLUTION\n    finally:\n        pass\n"
    )
    with pytest.raises(AssignmentError, match="the template cut from it is not valid Python"):
        cut(source)


def test_notebooks_are_the_same_every_time():
    """Equal text gives equal bytes: fixed cell ids, no versions, no outputs."""
    text = templates.to_notebook(TEMPLATE)

    assert text == templates.to_notebook(TEMPLATE)
    notebook = json.loads(text)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    assert [cell["id"] for cell in notebook["cells"]] == ["cell-01", "cell-02"]
    assert [cell["cell_type"] for cell in notebook["cells"]] == ["markdown", "code"]
    assert notebook["cells"][1]["outputs"] == []


def test_check_cell_follows_each_stub_in_a_notebook():
    """For functions, methods and values, in the order of the stubs; not where nothing is open."""
    text = templates.to_notebook(TEMPLATE, ["A.g", "text", "f", "W", "gone"])

    sources = ["".join(cell["source"]) for cell in json.loads(text)["cells"]]
    assert [source.splitlines()[-1] for source in sources[2:]] == [
        f'grader.check("{stub}")' for stub in ("A.g", "text", "f", "W")
    ]


def test_check_cell_imports_what_it_calls():
    """A student may have called anything `grader` or `check`."""
    cell = json.loads(templates.to_notebook(TEMPLATE, ["f"]))["cells"][-1]

    assert "import grader\n" in cell["source"]


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda path: path.parent.name)
def test_templates_in_the_repository_are_those_of_the_solution(solution, tmp_path):
    """assignments/<name>/ holds exactly what write() makes of solutions/<name>/."""
    name = solution.parent.name

    written = templates.write(solution, tmp_path / name)

    assert [path.name for path in written] == [f"{name}.py", f"{name}.ipynb", "assignment.toml"]
    for path in written:
        assert path.read_bytes() == (ROOT / "assignments" / name / path.name).read_bytes()


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda path: path.parent.name)
def test_templates_give_nothing_away(solution):
    """A template is valid Python, has no marks left, and every function with a mark only raises."""
    source = solution.read_text(encoding="utf-8")

    template = cut(source)

    assert "SOLUTION" not in template
    raising = [
        node.exc.args[0].value
        for node in ast.walk(ast.parse(template))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
    ]
    assert len(raising) == source.count("BEGIN SOLUTION") > 0
    assert all(message.endswith(": your code is still missing") for message in raising)


@pytest.mark.parametrize("name", available(ROOT))
def test_public_part_says_what_the_private_file_says(name):
    """Stubs, spellings, limits and helpers are the same on a student's machine."""
    private, public = load(name, ROOT), load_public(ROOT / "assignments" / name)

    assert replace(private, private=None) == public


def test_public_part_leaves_out_what_it_does_not_know():
    """An entry that nobody decided to hand out stays private."""
    private = (
        'title = "é\\"x"\nthreshold = 0.7\n[[stub]]\nsignature = "f()"\npoints = 1\nhint = "x"\n'
    )

    public = tomllib.loads(templates.public_part("f", private))

    assert public == {"name": "f", "title": 'é"x', "stub": [{"signature": "f()", "points": 1}]}


def test_misspelt_key_is_not_dropped_on_the_way_to_the_public_file(tmp_path):
    """Nothing is written where the private file is wrong."""
    private = tmp_path / "solutions/f"
    private.mkdir(parents=True)
    (private / "solution.py").write_text("def f():\n    pass\n")
    (private / "assignment.toml").write_text(
        'title = "x"\n[[stub]]\nsignature = "f()"\npoints = 1\nforbiden = ["softmax"]\n'
    )

    with pytest.raises(AssignmentError, match=r"line 5, stub f, forbiden: .* mean 'forbidden'"):
        templates.write(private / "solution.py", tmp_path / "assignments/f")

    assert not (tmp_path / "assignments").exists()

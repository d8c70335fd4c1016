"""The bank of typical mistakes: how it is read, and that every entry is really wrong."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path
from typing import Any

import pytest
import torch

from grader.course.misconceptions import Misconception, add, load
from grader.errors import AssignmentError, UsageError

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "solutions" / "softmax_regression"
BANK = load(FOLDER / "misconceptions.py", FOLDER / "solution.py")
README = (ROOT / "assignments" / "softmax_regression" / "README.md").read_text(encoding="utf-8")
STUBS = re.findall(r"^\| `(\w+)\([^`]*`[^|]*\| \d+ \|", README, flags=re.MULTILINE)


SOLUTION = """def f(x):
    total = x + 1
    for k in range(3):
        total += k
        total *= 2
    return total


class A:
    def f(self, x):
        if x > 0:
            return x
        return 0
"""


def bank(tmp_path: Path, text: str, solution: str = SOLUTION) -> list[Misconception]:
    """Load a bank of this text, which is that of a solution."""
    (tmp_path / "misconceptions.py").write_text(text, encoding="utf-8")
    (tmp_path / "solution.py").write_text(solution, encoding="utf-8")
    return load(tmp_path / "misconceptions.py", tmp_path / "solution.py")


def edited(tmp_path: Path, stub: str, *pairs: tuple[str, str]) -> str:
    """The source of the only entry of a bank: an edit of SOLUTION."""
    decorator = f'@edit("{stub}", "Say.", {", ".join(map(repr, pairs))})'
    (entry,) = bank(tmp_path, f"{decorator}\ndef wrong(): ...\n")
    assert (entry.name, entry.stub, entry.sentence) == ("wrong", stub, "Say.")
    return entry.source


@functools.cache
def compiled_definitions() -> Any:
    """Compile the solution's definitions and plain variables, but none of its examples."""
    tree = ast.parse((FOLDER / "solution.py").read_text(encoding="utf-8"))
    variables = {"W", "b", "lr", "num_inputs", "num_outputs", "text_labels"}
    tree.body = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        or (isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in variables)
    ]
    return compile(tree, "solution.py", "exec")


# reading


def test_a_definition_takes_the_name_of_its_stub(tmp_path):
    """The decorator goes, the name changes, the body stays."""
    text = '@misconception("f", "Say " "it.")\ndef f_wrong(x):\n    return f_wrong, x\n'
    assert bank(tmp_path, text) == [
        Misconception("f_wrong", "f", "Say it.", "def f(x):\n    return f_wrong, x\n")
    ]


def test_a_class_may_inherit_from_the_right_one(tmp_path):
    """`class AWrong(A)` becomes `class A(A)`, which Python reads as a subclass of the old A."""
    (entry,) = bank(tmp_path, '@misconception("A", "Say.")\nclass AWrong(A):\n    x = 1\n')
    assert entry.source == "class A(A):\n    x = 1\n"


def test_a_method_is_put_into_its_class(tmp_path):
    """A stub with a dot is a method: the function is defined, then assigned."""
    (entry,) = bank(tmp_path, '@misconception("A.f", "Say.")\ndef f_wrong(self):\n    return 1\n')
    assert entry.source == "def f_wrong(self):\n    return 1\n\n\nA.f = f_wrong\n"


def test_an_edit_is_the_solutions_stub_with_other_text(tmp_path):
    """Only the definition of the stub is there, with what was replaced."""
    source = edited(tmp_path, "f", ("x + 1", "x"))
    assert source == SOLUTION.partition("\n\n\n")[0].replace("x + 1", "x") + "\n"


def test_a_further_version_has_the_name_and_the_sentence_of_the_first(tmp_path):
    """Written out or as an edit; what is said of the text holds for it, too."""
    text = (
        '@misconception("f", "Say.", needs="range", lacks=r"\\*")\ndef wrong(x):\n    return 1\n'
        '@also("wrong")\ndef other(x):\n    return 2\n'
        '@also("other", ("x + 1", "x"))\ndef third(): ...\n'
    )
    _, other, third = bank(tmp_path, text)

    assert other.source == "def f(x):\n    return 2\n"
    assert "total = x\n" in third.source
    for version in (other, third):
        assert (version.mistake, version.stub, version.sentence) == ("wrong", "f", "Say.")
        assert version.may_be_in("range(2)")
        assert not version.may_be_in("2 * range(2)")


def test_an_entry_without_conditions_may_be_in_any_text(tmp_path):
    """Most sentences say nothing of what is written."""
    (entry,) = bank(tmp_path, '@edit("f", "Say.", ("x + 1", "x"))\ndef wrong(): ...\n')
    assert entry.mistake == "wrong"
    assert entry.may_be_in("")
    assert entry.may_be_in("x = 1")


def test_an_edit_replaces_from_left_to_right(tmp_path):
    """A pair meets the text that the pairs before it have made."""
    source = edited(tmp_path, "f", ("total += k", "total -= k"), ("-= k", "-= 2 * k"))
    assert "        total -= 2 * k\n" in source


def test_an_edit_of_several_lines_starts_where_its_line_starts(tmp_path):
    """The author writes lines at the margin, however deep they stand in the solution."""
    swapped = edited(tmp_path, "f", ("total += k\ntotal *= 2", "total *= 2\ntotal += k"))
    assert "        total *= 2\n        total += k\n    return total\n" in swapped

    more = edited(tmp_path, "f", ("range(3):", "range(3):\n    x += 1"))
    assert "    for k in range(3):\n        x += 1\n        total += k\n" in more


def test_an_edit_takes_out_a_line(tmp_path):
    """Nothing in the place of a statement is a blank line."""
    source = edited(tmp_path, "f", ("total *= 2", ""))
    names: dict[str, Any] = {}
    exec(source, names)
    assert names["f"](1) == 5


def test_an_edit_of_a_method_is_put_into_its_class(tmp_path):
    """The method alone is searched and defined again, then assigned."""
    source = edited(tmp_path, "A.f", ("return 0", "return -1"))
    assert source == (
        "def wrong(self, x):\n    if x > 0:\n        return x\n    return -1\n\n\nA.f = wrong\n"
    )


def test_an_edit_of_a_class_is_the_whole_class(tmp_path):
    """A bank may write `class` for the name of a class."""
    text = '@edit("A", "Say.", ("x > 0", "x < 0"))\nclass AWrong: ...\n'
    (entry,) = bank(tmp_path, text)
    assert entry.name == "AWrong"
    assert entry.source.startswith("class A:\n    def f(self, x):\n        if x < 0:\n")


@pytest.mark.parametrize(
    ("stub", "pair", "words"),
    [
        ("f", ("y + 1", "y"), "'y \\+ 1' has to be once in the solution's f, and is there 0"),
        ("f", ("total", "sum"), "'total' has to be once in the solution's f, and is there 4"),
        ("f", ("return 0", ""), "'return 0' has to be once .* 0 times"),
        ("f", ("total += k\n    total *= 2", ""), "has to be once .* 0 times"),
        ("f", ("x + 1", "x +"), "the source of 'wrong' is not valid Python"),
        ("g", ("x", "y"), "wrong: the solution has no definition of g"),
        ("A.g", ("x", "y"), "wrong: the solution has no definition of A.g"),
    ],
    ids=["stale", "twice", "elsewhere", "indentation", "invalid", "no function", "no method"],
)
def test_an_edit_that_does_not_fit_the_solution_is_an_error(tmp_path, stub, pair, words):
    """So an entry does not become another one, or none, when the solution changes."""
    with pytest.raises(AssignmentError, match=rf"misconceptions.py, line 2: .*{words}"):
        edited(tmp_path, stub, pair)


def test_a_solution_that_is_no_python_is_named(tmp_path):
    """The error is about the solution, not about its bank."""
    with pytest.raises(AssignmentError, match=r"solution\.py, line 1: "):
        bank(tmp_path, "import torch\n", solution="def f(:\n")


def test_added_entry_is_a_whole_definition(tmp_path):
    """A student's code comes to the end of the bank, or into a new one, as it is."""
    (tmp_path / "solution.py").write_text(SOLUTION, "utf-8")
    file, solution = tmp_path / "misconceptions.py", tmp_path / "solution.py"
    add(file, solution, "f", "def f(x):\n    return x\n", "f_same", "It is x.")
    edit = '@edit("f", "Say.", ("x + 1", "x"))\ndef f_less(): ...\n'
    file.write_text(f"{file.read_text('utf-8')}\n\n{edit}", "utf-8")
    add(file, solution, "A.f", "def f(self, x):\n    return 1\n", "f_one", "It is 1.")

    first, second, third = load(file, solution)
    assert first == Misconception("f_same", "f", "It is x.", "def f(x):\n    return x\n")
    assert second.name == "f_less"
    assert third.source == "def f_one(self, x):\n    return 1\n\n\nA.f = f_one\n"
    with pytest.raises(UsageError, match=r"Nothing was added\. .*two misconceptions"):
        add(file, solution, "f", "def f(x):\n    return x\n", "f_same", "It is x.")
    assert len(load(file, solution)) == 3


def test_a_patch_is_kept_as_it_is(tmp_path):
    """Statements are appended unchanged; imports and docstrings of the bank are passed over."""
    text = '"""Bank."""\nimport torch\nfrom x import y\npatch("p", "net", "Say.", "W = 1")\n'
    assert bank(tmp_path, text) == [Misconception("p", "net", "Say.", "W = 1\n")]


def test_a_bank_is_never_run(tmp_path):
    """Loading reads only, so a bank may use names that do not exist."""
    assert bank(tmp_path, "import no_such_module\n") == []


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("x = 1\n", 1, "expected a definition"),
        ("\ndef f(): pass\n", 2, "expected a definition"),
        ('@misconception("f")\ndef g(): pass\n', 2, "2 plain strings"),
        ('@misconception("f", "")\ndef g(): pass\n', 2, "2 plain strings"),
        ('@other("f", "S.")\ndef g(): pass\n', 2, "there is no mark @other"),
        ('@misconception(stub="f", sentence="S.")\ndef g(): pass\n', 2, "2 plain strings"),
        ('@edit("f", "S.")\ndef g(): ...\n', 2, r"pairs of them, \(old, new\)"),
        ('@edit("f", "S.", "x", "y")\ndef g(): ...\n', 2, r"pairs of them, \(old, new\)"),
        ('@edit("f", "S.", ("x", y))\ndef g(): ...\n', 2, r"pairs of them, \(old, new\)"),
        ('@edit("f", "S.", ("", "y"))\ndef g(): ...\n', 2, r"pairs of them, \(old, new\)"),
        ('@edit("f", "S.", ("+ 1", ""))\ndef g(): pass\n', 2, r"write `def g\(\): \.\.\.`"),
        ('patch("p", "f", "S.")\n', 1, "4 plain strings"),
        ('patch("p", "f", "S.", f"x = {1}")\n', 1, "4 plain strings"),
        ('patch("p", "f", "S.", "x = = 1")\n', 1, "not valid Python"),
        ('patch("p", "f", "S.", "x = 1")\n' * 2, 2, "two misconceptions named 'p'"),
        ("def f(:\n", 1, "invalid syntax"),
        ('@also("other")\ndef g(): pass\n', 2, "g: there is no entry 'other' above it"),
        ('@also("f", "x")\ndef g(): ...\n', 2, "a plain string and pairs of them"),
        ('@misconception("f", "S.", needs="(")\ndef g(): pass\n', 2, "is no regular expression"),
        ('@misconception("f", "S.", lacks=1)\ndef g(): pass\n', 2, "a plain string in lacks="),
    ],
)
def test_anything_else_is_an_error_that_names_the_line(tmp_path, text, line, words):
    """A bank with an entry that cannot be read is not used in part."""
    with pytest.raises(AssignmentError, match=rf"line {line}: .*{words}"):
        bank(tmp_path, text)


# the bank of softmax_regression

SCORES = torch.tensor([[1.0, 2.0, 0.5], [0.3, -1.0, 0.1], [2.0, 1.0, 3.0], [-0.2, 0.4, 0.2]])
LABELS = torch.tensor([1, 2, 2, 1])
PROBABILITIES = torch.softmax(SCORES, 1)
BATCHES = [(SCORES[:3], LABELS[:3]), (SCORES[3:] + 0.1, torch.tensor([0]))]


class Watching(torch.nn.Linear):
    """A module that notes in which mode, and with which gradient mode, it is called."""

    def __init__(self) -> None:
        super().__init__(3, 3)
        torch.nn.init.eye_(self.weight)
        torch.nn.init.zeros_(self.bias)
        self.seen: list[Any] = []

    def forward(self, X):
        self.seen.append((self.training, torch.is_grad_enabled()))
        return super().forward(X)


def losses(y_hat, y):
    """The cross entropy of logits, one value per example."""
    return torch.nn.functional.cross_entropy(y_hat, y, reduction="none")


def probe_softmax(solution):
    return solution["softmax"](SCORES)


def probe_w(solution):
    W = solution["W"]
    return W.requires_grad, round(float(W.detach().std()), 2)


def probe_b(solution):
    return solution["b"].requires_grad, solution["b"].detach().sum()


def probe_net(solution):
    solution["W"], solution["b"] = SCORES, torch.tensor([0.5, 0.1, -0.2])
    return solution["net"](torch.arange(8.0).reshape(2, 2, 2) / 8)


def probe_cross_entropy(solution):
    return solution["cross_entropy"](PROBABILITIES, LABELS)


def probe_accuracy(solution):
    return solution["accuracy"](SCORES, LABELS)


def probe_accumulator(solution):
    first, second = solution["Accumulator"](2), solution["Accumulator"](2)
    first.add(1.5, 2)
    first.add(1, 2.5)
    sums = [first[0], first[1], second[0], second[1]]
    first.reset()
    return sums, first[0], first[1]


def probe_evaluate_accuracy(solution):
    net = Watching()
    return solution["evaluate_accuracy"](net, BATCHES), net.seen


def probe_sgd(solution):
    p, q = torch.ones(2, requires_grad=True), torch.ones(1, requires_grad=True)
    p.grad, q.grad = torch.tensor([1.0, 2.0]), torch.tensor([4.0])
    solution["sgd"]([p, q], 0.5, 4)
    return p, q, p.grad, q.grad


def probe_updater(solution):
    solution["lr"] = 0.3
    solution["W"], solution["b"] = W, b = [torch.ones(2, requires_grad=True) for _ in "Wb"]
    W.grad, b.grad = torch.ones(2), torch.ones(2)
    solution["updater"](5)
    return W, b


def probe_train_epoch(solution):
    results = []
    for own in (False, True):
        net = Watching().eval()
        sizes = []

        def updater(batch_size, net=net, sizes=sizes):
            sizes.append(batch_size)
            solution["sgd"](net.parameters(), 0.5, batch_size)

        optimizer = torch.optim.SGD(net.parameters(), lr=0.5)
        result = solution["train_epoch"](net, BATCHES, losses, updater if own else optimizer)
        results += [result, net.weight, net.bias, net.seen, sizes]
    return results


def probe_train(solution):
    net = Watching()
    optimizer = torch.optim.SGD(net.parameters(), lr=5.0)
    return solution["train"](net, BATCHES, BATCHES[:1], losses, 3, optimizer), net.weight


def probe_predict(solution):
    return solution["predict"](lambda X: X, BATCHES, n=2)


def plain(value: Any) -> Any:
    """Turn tensors into lists of rounded numbers, so that results can be compared by ==."""
    if isinstance(value, torch.Tensor):
        return plain(value.detach().tolist())
    if isinstance(value, list | tuple):
        return [plain(element) for element in value]
    return round(value, 4) if isinstance(value, float) else value


@functools.cache
def outcome(entry: Misconception | None, stub: str) -> Any:
    """What a probe sees of a stub: of the solution's version or of a wrong one."""
    torch.manual_seed(0)
    solution: dict[str, Any] = {"torch": torch}
    exec(compiled_definitions(), solution)
    if entry:
        exec(compile(entry.source, entry.name, "exec"), solution)
    try:
        return plain(globals()[f"probe_{stub.lower()}"](solution))
    except (RuntimeError, IndexError, TypeError) as error:
        return type(error).__name__


def test_the_bank_covers_every_stub():
    """Each of the eleven stubs of the README that are called has three wrong versions or more."""
    assert len(STUBS) == 11
    for stub in STUBS:
        assert sum(entry.stub == stub for entry in BANK) >= 3, stub
    assert {entry.stub for entry in BANK} == {*STUBS, "W", "b"}


def test_the_points_in_the_readme_add_up():
    """Thirteen stubs, 100 points."""
    points = re.findall(r"^\| `[^|]*\| ([\d +]+) \|", README, flags=re.MULTILINE)
    assert sum(int(part) for row in points for part in row.split("+")) == 100


@pytest.mark.parametrize("entry", BANK, ids=lambda entry: entry.name)
def test_every_misconception_is_really_wrong(entry):
    """Its source runs after the solution's definitions, and its stub then does something else."""
    result = outcome(entry, entry.stub)

    assert result != outcome(None, entry.stub)
    assert entry.sentence.endswith(".")


@pytest.mark.parametrize("stub", STUBS)
def test_no_two_misconceptions_of_a_stub_look_the_same(stub):
    """Otherwise a student could be told the wrong sentence. Crashes are not compared."""
    seen: dict[str, str] = {}
    for entry in BANK:
        if entry.stub == stub:
            result = repr(outcome(entry, stub))
            if not result.endswith("Error'"):
                assert seen.setdefault(result, entry.mistake) == entry.mistake

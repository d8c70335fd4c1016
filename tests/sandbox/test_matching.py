"""Which definition may be meant by a stub that is not there, and which ones cannot be it."""

from __future__ import annotations

import pytest

from grader.errors import MissingStub, StudentError
from grader.sandbox.inside.nearness import alike, is_misspelt, likeness
from grader.sandbox.local import LocalConversation

LOSSES = ["y_hat", "y"]
CONTRACT = {
    "stubs": {
        "softmax": {"parameters": ["X"], "aliases": ["my_softmax"]},
        "net": {"parameters": ["X"], "aliases": ["model"]},
        "cross_entropy": {"parameters": LOSSES, "aliases": ["nll"]},
        "squared_loss": {"parameters": LOSSES, "aliases": ["mse_loss"]},
        "accuracy": {"parameters": LOSSES, "aliases": ["acc"]},
        "evaluate_accuracy": {"parameters": ["net", "data_iter"], "aliases": []},
        "synthetic_data": {"parameters": ["w", "b", "count"], "aliases": ["generate_data"]},
        "linreg": {"parameters": ["X", "w", "b"], "aliases": ["linear_reg", "linear_regression"]},
        "train_epoch": {"parameters": ["net", "train_iter"], "aliases": []},
        "init_params": {"parameters": [], "aliases": ["init_weights"]},
        "Accumulator": {"parameters": ["n"], "aliases": ["accumulator"]},
    },
    "spellings": {"X": ["x", "inputs"], "data_iter": ["loader", "test_iter"], "count": ["n"]},
    "names": {"W": ["w", "weight"], "b": ["bias"]},
}


@pytest.fixture
def load():
    """Load a cell by a real worker, behind the interface of a submission."""

    def load(source):
        return LocalConversation().load([("cell 3", source, 1)], CONTRACT)

    return load


def problem_of(submission, stub, *arguments):
    """The sentence with which a call of a stub says that it is missing."""
    with pytest.raises(MissingStub) as raised:
        getattr(submission, stub)(*arguments)
    return str(raised.value)


# ------------------------------------------------------------------------------ did you mean


@pytest.mark.parametrize(
    ("stub", "near"),
    [
        ("softmax", "sofmax(X)"),
        ("softmax", "stable_softmax(X)"),
        ("softmax", "softmax2(X)"),
        ("cross_entropy", "corss_entropy(y_hat, y)"),
        ("cross_entropy", "CE(y_hat, y)"),
        ("squared_loss", "MSE(y_hat, y)"),
        ("squared_loss", "loss(y_hat, y)"),
        ("squared_loss", "sqrt_loss(y_hat, y)"),
        ("squared_loss", "l2(y_hat, y)"),
        ("accuracy", "right_prediction(y_hat, y)"),
        ("evaluate_accuracy", "val_acc(net, test_iter)"),
        ("evaluate_accuracy", "value_accuracy(net, loader)"),
        ("synthetic_data", "syn(w, b, n)"),
        ("synthetic_data", "synthic_data(w, b, n)"),
        ("synthetic_data", "get_data(w, b, n)"),
        ("linreg", "liner_net(X, w, b)"),
        ("train_epoch", "train_eopch(a, b, c)"),
        ("net", "nte(X)"),
    ],
)
def test_near_name_is_asked_about(load, stub, near):
    """One suggestion, as a question, with the place and what to do."""
    name = near.partition("(")[0]
    submission = load(f"def check_{stub}():\n    pass\ndef {near}:\n    return 1\n")

    assert problem_of(submission, stub) == (
        f"`{stub}` is not defined. Did you mean `{name}` (cell 3, line 3)? Rename it to `{stub}`."
    )


@pytest.mark.parametrize(
    "source",
    [
        "def check_softmax(X): pass",
        "def plot_softmax(X): pass",
        "def accuracy(y_hat, y): pass",
        "def load(path): pass",
        "class Sofmax: pass",
        "from torch import softmax as sofmax",
        "sofmax = 3",
    ],
)
def test_what_is_not_near_is_not_named(load, source):
    """A function that looks at the stub, another stub, a class, a library's function, a value."""
    assert problem_of(load(source), "softmax") == "`softmax` is not defined in the submission"


def test_a_definition_is_suggested_for_one_stub(load):
    """The nearest one; the other stub is only missing."""
    submission = load("def val_acc(net, test_iter):\n    return 1\n")

    assert "Did you mean `val_acc`" in problem_of(submission, "evaluate_accuracy")
    assert problem_of(submission, "accuracy") == "`accuracy` is not defined in the submission"


def test_names_are_compared_by_letters_and_words():
    """Letters for a misspelt name, words and what they stand for otherwise."""
    assert is_misspelt("train", "trian")
    assert is_misspelt("synthetic_data", "synthic_data")
    assert not is_misspelt("train", "trains_all")
    assert likeness("squared_loss", "MSE") == 1
    assert likeness("train", "train_main") == 1
    assert likeness("softmax", "relu") == 0


# ------------------------------------------------------------------------------ case


@pytest.mark.parametrize("name", ["trainEpoch", "Train_Epoch", "trainepoch", "TRAIN_EPOCH"])
def test_case_and_underscores_do_not_count(load, name):
    """The stub is found, with what it looks up at the top level."""
    submission = load(f"scale = 4\ndef {name}(net, train_iter):\n    return scale\n")

    assert submission.train_epoch(1, 2) == 4


def test_own_name_goes_before_one_of_another_case(load):
    """The exact name is the student's choice."""
    submission = load("def softmax(X):\n    return 1\ndef Softmax(X):\n    return 2\n")

    assert submission.softmax(0) == 1


def test_names_of_other_stubs_are_not_alike():
    """Nor are short other names, which may be anything."""
    assert alike(["relu", "H"], ["ReLU", "Relu", "h"], {"ReLU"}) == ["Relu"]


# ------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("stub", "source", "problem"),
    [
        (
            "init_params",
            "def init_weights(m): pass",
            "`init_weights` (cell 3, line 1) takes (m); the text asks for `init_params()`",
        ),
        (
            "Accumulator",
            "def accumulator(n): pass",
            "`accumulator` (cell 3, line 1) is a function; the text asks for a class `Accumulator`",
        ),
        (
            "softmax",
            "class Softmax:\n    def __call__(self, X): pass",
            "`Softmax` (cell 3, line 1) is a class; the text asks for a function `softmax`",
        ),
        (
            "softmax",
            "import torch\nclass softmax(torch.nn.Module):\n    def forward(self, X): pass",
            "`softmax` (cell 3, line 2) is a class; the text asks for a function `softmax`",
        ),
        (
            "linreg",
            "import torch\nclass L(torch.nn.Module):\n    def forward(self, X): pass\nlinreg = L()",
            "`linreg` (cell 3, line 4) is an object of the class `L`; the text asks for a function "
            "`linreg`",
        ),
        (
            "accuracy",
            "async def accuracy(y_hat, y): pass",
            "`accuracy` (cell 3, line 1) is an async function: the text asks for a plain `def`",
        ),
        (
            "net",
            "import torch\nmodel = torch.nn.Linear(2, 1)",
            "`net` is not defined in the submission",
        ),
    ],
)
def test_what_cannot_be_the_stub_is_refused_with_the_reason(load, stub, source, problem):
    """By its kind, or by what it takes."""
    assert problem_of(load(source), stub) == problem


@pytest.mark.parametrize(
    ("stub", "source"),
    [
        ("softmax", "class Softmax:\n    def __call__(self): pass\ndef my_softmax(X): return 7"),
        (
            "net",
            "import torch\nclass Net(torch.nn.Module):\n    forward = lambda s, X: 7\nnet = Net()",
        ),
        ("net", "def model(X, W, b): return 7"),
        ("Accumulator", "def Accumulator(n): return 7"),
        ("init_params", "def init_weights(scale=1): return 7"),
        ("accuracy", "def acc(*both): return 7"),
    ],
)
def test_what_fits_is_taken(load, stub, source):
    """Of several names the one that fits, a module as a function of X, and a function that makes
    what the class would."""
    wanted = len(CONTRACT["stubs"][stub]["parameters"])

    submission = load(source)
    submission.bind(W=1, b=2)

    assert getattr(submission, stub)(*range(wanted)) == 7


# ------------------------------------------------------------------------------ arguments


@pytest.mark.parametrize("head", ["X, Weight, BIAS", "W, b, inputs", "x, *, weight, b"])
def test_further_parameters_are_filled_whatever_their_case(load, head):
    """A net that takes its weights gets those that the check has set."""
    first = next(name for name in head.split(", ") if name.lower() in ("x", "inputs"))
    others = [name for name in head.split(", ") if name not in (first, "*")]
    submission = load(
        f"Weight = 50\nV = 9\ndef net({head}):\n    return {first}, {', '.join(others)}"
    )
    submission.bind(W=5, b=3)

    assert submission.net(1) == (1, 5, 3)


def test_one_unknown_name_leaves_the_others_bound_by_name(load):
    """What is left over gets what is left over."""
    submission = load("def generate_data(example_num, w, b):\n    return example_num, w, b\n")

    assert submission.synthetic_data("w", "b", "count") == ("count", "w", "b")


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("a, b", "`accuracy(a, b)`: the arguments were given by place: y_hat, y"),
        ("y, y_hat", "`accuracy` takes (y, y_hat): its arguments are bound by name"),
        ("y_hat, y", ""),
    ],
)
def test_error_says_how_the_arguments_were_given(load, head, said):
    """Where names do not tell, or tell another order, and the check has called the stub itself."""
    submission = load(
        f"def accuracy({head}):\n    return 1 / 0\n"
        "def evaluate_accuracy(net, data_iter):\n    return accuracy(net, data_iter)\n"
    )

    with pytest.raises(StudentError) as raised:
        submission.accuracy(1, 2)
    with pytest.raises(StudentError) as by_the_student:
        submission.evaluate_accuracy(1, 2)

    assert raised.value.loss == said
    assert by_the_student.value.loss == ""


def test_missing_argument_of_the_command_line_is_named(load):
    """A parser ends the program with 2; which arguments it lacked, it only prints."""
    conversation = LocalConversation()
    source = (
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--data', required=True)\n"
        "args = p.parse_args()\ndef net(X):\n    return args.data\n"
    )
    submission = conversation.load([("cell 3", source, 1)], CONTRACT)

    with pytest.raises(StudentError) as raised:
        submission.net(1)

    assert "SystemExit: the following arguments are required: --data" in raised.value.loss

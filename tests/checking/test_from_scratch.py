"""The from-scratch rule: what is seen in the source, with its line, and what at run time."""

from __future__ import annotations

import json

import pytest
import torch

from grader.checking.comparison import Mismatch
from grader.checking.from_scratch import assert_runs_own, assert_source_is_own
from grader.course.assignment import Stub
from grader.sandbox.inside.definitions import Index
from grader.sandbox.local import LocalConversation
from grader.sandbox.proxies import RemoteSubmission

FUNCTION = Stub("softmax", 1, ("X",), ("my_softmax",), ("softmax",))
OPTIMIZER = Stub("MySGD", 1, ("params", "lr"), (), ("torch.optim",))
LOSS = Stub("MyLoss", 1, ("reduction",), (), ("softmax",))
METHOD = Stub("Model.predict", 1, ("X",), ("guess",), ("softmax",))
OTHER_NAMES = {"Model": ["BaseModel"]}
X = torch.tensor([[1.0, 2.0]])

FUNCTIONS = {
    "a function of torch": "def softmax(X):\n    return torch.softmax(X, 1)",
    "an alias of the stub": "def my_softmax(X):\n    return torch.softmax(X, 1)",
    "a method of the tensor": "def softmax(X):\n    return X.softmax(1)",
    "an imported name": "from torch import softmax as s\ndef softmax(X):\n    return s(X, 1)",
    "a helper": "def help(X):\n    return X.softmax(1)\ndef softmax(X):\n    return help(X)",
    "a lambda": "softmax = lambda X: X.softmax(1)",
    "another name": "def f(X):\n    return X.softmax(1)\nsoftmax = f",
    "another name before": "softmax = f\ndef f(X):\n    return X.softmax(1)",
    "a coroutine": "async def softmax(X):\n    return X.softmax(1)",
    "below an if": "if X:\n    pass\nelse:\n    def softmax(X):\n        return X.softmax(1)",
    "hidden by a variable": "def softmax(X):\n    return X.softmax(1)\nx = 1\nsoftmax = x",
}
METHODS = {
    "in the class": "class Model:\n    def predict(self, X):\n        return X.softmax(1)",
    "in a class of another name": "class BaseModel:\n    def guess(self, X):\n        X.softmax(1)",
    "inherited": (
        "class Parent:\n    def predict(self, X):\n        return X.softmax(1)\n"
        "class Model(Parent):\n    pass"
    ),
    "another method": (
        "class Model:\n    def help(self, X):\n        return X.softmax(1)\n"
        "    def predict(self, X):\n        return self.help(X)"
    ),
    "put in later": (
        "class Model: pass\ndef f(self, X):\n    return X.softmax(1)\nModel.predict = f"
    ),
    "another name in the class": (
        "class Model:\n    def help(self, X):\n        return X.softmax(1)\n    predict = help"
    ),
    "below an if in the class": (
        "class Model:\n    if True:\n        def predict(self, X):\n            return X.softmax(1)"
    ),
    "put in later, with a method": (
        "class Model:\n    def help(self, X):\n        return X.softmax(1)\n"
        "def f(self, X):\n    return self.help(X)\nModel.predict = f"
    ),
    "put in by a decorator": (
        "class Model: pass\n@add_to_class(Model)\ndef predict(self, X):\n    return X.softmax(1)"
    ),
    "a layer that it has": (
        "class Model:\n    def __init__(self):\n        self.act = lambda X: X.softmax(1)\n"
        "    def predict(self, X):\n        return self.act(X)"
    ),
    "a layer of the class": (
        "class Model:\n    softmax = staticmethod(lambda X: X.softmax(1))\n"
        "    def predict(self, X):\n        return self.softmax(X)"
    ),
    "a function of the file": (
        "def help(X):\n    return X.softmax(1)\n"
        "class Model:\n    def predict(self, X):\n        return help(X)"
    ),
}


@pytest.mark.parametrize(
    ("stub", "source"),
    [(FUNCTION, text) for text in FUNCTIONS.values()] + [(METHOD, t) for t in METHODS.values()],
    ids=[*FUNCTIONS, *METHODS],
)
def test_ready_made_operation_is_seen_with_its_line(stub, source):
    """The sentence names the cell and the line on which the operation stands."""
    line = 1 + next(
        i
        for i, text in enumerate(source.split("\n"))
        if "softmax(1" in text or "softmax(X, 1" in text or "return s(" in text
    )

    with pytest.raises(Mismatch, match=f"cell 2, line {line + 10} uses PyTorch's"):
        assert_source_is_own(Index([("cell 2", source, 11)]), stub, OTHER_NAMES)


@pytest.mark.parametrize(
    "source",
    [
        "class MySGD(torch.optim.SGD): pass",
        "from torch import optim\nclass MySGD(optim.SGD): pass",
        "from torch.optim import SGD\nclass MySGD(SGD): pass",
        "import torch.optim as own\nclass MySGD(own.SGD): pass",
        "from torch.optim.sgd import sgd as own\nclass MySGD:\n    def step(self): own()",
    ],
)
def test_what_a_forbidden_module_holds_is_seen(source):
    """Where a whole module is forbidden, everything that is imported from it is."""
    with pytest.raises(Mismatch, match="uses PyTorch's ready-made optim"):
        assert_source_is_own(Index([("cell 1", source, 1)]), OPTIMIZER, OTHER_NAMES)


@pytest.mark.parametrize(
    ("stub", "source"),
    [
        (OPTIMIZER, "import torch.optim\nclass MySGD:\n    def step(self): torch.no_grad()"),
        (FUNCTION, "from torch.nn.functional import softmax as unused\ndef softmax(X):\n    X"),
        (FUNCTION, "def softmax(X):\n    return X  # not torch.softmax(X, 1)"),
        (FUNCTION, "def softmax(X):\n    return X.softmax(1)\n\ndef softmax(X):\n    return X"),
        (FUNCTION, "def other(X):\n    return X.softmax(1)\n\ndef softmax(X):\n    return X"),
        (METHOD, "class Model:\n    def loss(self, X):\n        return X.softmax(1)"),
        (
            METHOD,
            "class Model:\n    def predict(self, X):\n        return X.softmax(1)\n"
            "def f(self, X):\n    return X\nModel.predict = f",
        ),
        (METHOD, "def predict(X):\n    return X.softmax(1)"),
        (
            METHOD,
            "class Model:\n    def softmax(self, X):\n        return X.exp()\n"
            "    def predict(self, X):\n        return self.softmax(X)",
        ),
        (
            METHOD,
            "class Model:\n    def __init__(self):\n        self.softmax = Softmax()\n"
            "    def predict(self, X):\n        return self.softmax(X)",
        ),
        (
            LOSS,
            "from torch.nn.functional import softmax\ndef softmax(X):\n    return X.exp()\n"
            "class MyLoss:\n    def forward(self, X):\n        return softmax(X)",
        ),
    ],
    ids=[
        "a module imported under torch",
        "unused import",
        "comment",
        "an earlier version",
        "another function",
        "another method",
        "an earlier method",
        "a function of that name",
        "an own method of that name",
        "an own layer of that name",
        "an own function of that name beside the import",
    ],
)
def test_what_the_stub_does_not_use_is_not_punished(stub, source):
    """Imports, comments, earlier versions and other parts of the file may name the operation."""
    assert_source_is_own(Index([("cell 1", source, 1)]), stub, OTHER_NAMES)


def test_another_stub_answers_for_itself():
    """What a stub that is called has taken ready-made is held against that one only."""
    source = (
        "def softmax(X):\n    return X.softmax(1)\n"
        "class Model:\n    def predict(self, X):\n        return softmax(X)"
    )
    index = Index([("cell 1", source, 1)])

    assert_source_is_own(index, METHOD, OTHER_NAMES, stubs=[FUNCTION, METHOD])
    with pytest.raises(Mismatch, match="line 2 uses PyTorch's"):
        assert_source_is_own(index, FUNCTION, OTHER_NAMES, stubs=[FUNCTION, METHOD])


LONG = " + ".join(["X"] * 900)


@pytest.mark.parametrize(
    "source",
    [
        f"def softmax(X):\n    return {LONG}",
        f"@mark({LONG})\ndef softmax(X):\n    return X",
        f"({LONG})[0] = softmax = lambda X: X",
        f"class Model({LONG}): pass",
        "class Model(a" + ".b" * 900 + "): pass",
        "def softmax(X):\n    return " + "(" * 300,
    ],
    ids=["value", "decorator", "target", "base", "attributes", "no Python"],
)
@pytest.mark.parametrize("stub", [FUNCTION, METHOD], ids=["function", "method"])
def test_long_expressions_are_no_trouble(stub, source):
    """Nothing that a student writes fails the grader."""
    assert_source_is_own(Index([("cell 1", source, 1)]), stub, OTHER_NAMES)


def loaded(source: str) -> RemoteSubmission:
    """A submission of this source, in this process."""
    stubs = {"softmax": {"parameters": ["X"], "aliases": []}}
    stubs["Model.predict"] = {"parameters": ["X"], "aliases": []}
    stubs["MyLoss"] = {"parameters": [], "aliases": []}
    stubs["MySGD"] = {"parameters": ["params", "lr"], "aliases": []}
    conversation = LocalConversation()
    conversation.request(
        "load",
        cells=[("hw.py", f"import torch\n{source}", 1)],
        helpers={},
        stand_ins={},
        contract=json.dumps({"stubs": stubs, "spellings": {}, "names": {}}),
        skip=[],
        device="cpu",
    )
    return RemoteSubmission(conversation, frozenset(stubs))


HIDDEN = ['getattr(torch, "soft" + "max")(X, 1)', "torch.ops.aten._softmax(X, 1, False)"]


@pytest.mark.parametrize("spelling", HIDDEN)
def test_hidden_spelling_is_seen_at_run_time(spelling):
    """Whatever a function calls it, it reaches the operation."""
    submission = loaded(f"def softmax(X):\n    return {spelling}")

    with pytest.raises(Mismatch, match="ready-made softmax"):
        assert_runs_own(submission, FUNCTION, [X])


@pytest.mark.parametrize("spelling", HIDDEN)
def test_hidden_spelling_in_a_method_is_seen_at_run_time(spelling):
    """A method is called on the object that the check gives first."""
    submission = loaded(f"class Model:\n    def predict(self, X):\n        return {spelling}")

    with pytest.raises(Mismatch, match="ready-made softmax"):
        assert_runs_own(submission, METHOD, [submission.Model(), X])


@pytest.mark.parametrize("spelling", HIDDEN)
def test_hidden_spelling_in_an_object_is_seen_at_run_time(spelling):
    """An object is made, then called like a function."""
    submission = loaded(f"class MyLoss:\n    def __call__(self, X):\n        return {spelling}")

    assert_runs_own(submission, LOSS, [])
    with pytest.raises(Mismatch, match="ready-made softmax"):
        assert_runs_own(submission, LOSS, [], [X])


READY_MADE = {
    "linear": 'getattr(torch.nn.functional, "lin" + "ear")(X, X)',
    "mse_loss": "torch.ops.aten.mse_loss(X, X)",
    "l1_loss": 'getattr(torch.nn.functional, "l1" + "_loss")(X, X)',
    "huber_loss": 'getattr(torch.nn, "Huber" + "Loss")()(X, X)',
    "smooth_l1_loss": "torch._C._nn.smooth_l1_loss(X, X)",
    "sigmoid": 'getattr(torch.special, "ex" + "pit")(X)',
    "entr": "torch._C._special.special_entr(X)",
    "kl_div": 'getattr(torch.nn.functional, "kl" + "_div")(X, X, reduction="sum")',
    "distributions": 'getattr(torch, "distri" + "butions").Categorical(X).entropy()',
    "relu": "torch.ops.aten.relu(X)",
    "leaky_relu": 'getattr(torch.nn, "Leaky" + "ReLU")()(X)',
    "selu": 'getattr(torch, "se" + "lu")(X)',
    "elu": "torch.ops.aten.selu(X)",
    "softplus": "torch._C._nn.softplus(X)",
}


@pytest.mark.parametrize("operation", READY_MADE)
def test_every_operation_is_seen_at_run_time(operation):
    """Also one that PyTorch itself makes of others: it is seen by its function's name."""
    submission = loaded(f"def softmax(X):\n    return {READY_MADE[operation]}")
    stub = Stub("softmax", 1, ("X",), (), (operation,))

    with pytest.raises(Mismatch, match=f"ready-made {operation}"):
        assert_runs_own(submission, stub, [X])


def test_code_of_a_forbidden_module_is_seen_at_run_time():
    """Whatever a class calls its base, the code of that base runs when an object is made."""
    submission = loaded('class MySGD(getattr(torch, "op" + "tim").SGD): pass')

    with pytest.raises(Mismatch, match=r"ready-made torch\.optim"):
        assert_runs_own(submission, OPTIMIZER, [[torch.zeros(1, requires_grad=True)], 0.1])


def test_own_version_passes_at_run_time():
    """What a stub is built from is allowed."""
    submission = loaded("def softmax(X):\n    return X.exp() / X.exp().sum(1, keepdim=True)")

    assert_runs_own(submission, FUNCTION, [X])

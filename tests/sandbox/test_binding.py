"""Finding stubs in a loaded file, and calling them the way their author wrote them."""

from __future__ import annotations

import sys
import types

import pytest
import torch

from grader.sandbox.inside import loader
from grader.sandbox.inside.binding import Stubs, Submission
from grader.sandbox.inside.cells import Cell
from grader.sandbox.inside.needs import Wanted
from grader.sandbox.inside.notes import Missing
from grader.sandbox.notes import sentence

STUBS = {
    "net": {"parameters": ["X"], "aliases": ["model"]},
    "accuracy": {"parameters": ["y_hat", "y"], "aliases": ["acc"]},
    "evaluate": {"parameters": ["net", "data_iter"], "aliases": []},
    "Model.score": {"parameters": ["y_hat", "y", "averaged=True"], "aliases": ["metric"]},
    "Model.step": {"parameters": ["batch"], "aliases": []},
}
CONTRACT = {
    "stubs": STUBS,
    "spellings": {
        "X": ["inputs"],
        "y_hat": ["pred", "preds"],
        "y": ["labels", "target"],
        "data_iter": ["loader"],
        "averaged": ["average"],
    },
    "names": {"W": ["w", "weight"], "b": [], "Model": ["BaseModel"]},
}
HELPER = "course_helper"


@pytest.fixture
def load():
    """Load a file, and helper modules by name, as the reference is loaded."""

    def load(source, helpers=None, stand_ins=None, ready_made=False):
        file = [Cell("hw.py", source)]
        modules = cells(helpers), cells(stand_ins)
        stubs = {name: {**stub, "ready_made": ready_made} for name, stub in STUBS.items()}
        program = loader.load(file, *modules, wanted=Wanted.of(CONTRACT))
        return Stubs(program, {**CONTRACT, "stubs": stubs})

    def cells(modules):
        return {name: [Cell(f"{name}.py", text)] for name, text in (modules or {}).items()}

    with loader.leaving_no_trace():
        yield load
    for name in (HELPER, "parts"):
        sys.modules.pop(name, None)


def problem_of(stubs, name):
    """The text with which a missing stub is announced."""
    with pytest.raises(Missing) as raised:
        stubs.stub(name)
    return sentence(raised.value.note)


def in_words(notes):
    """Notes as people read them."""
    return list(map(sentence, notes))


# ------------------------------------------------------------------------------ finding


def test_function_is_found_by_its_name(load):
    """The student's own function is handed out as it is."""
    stubs = load("def net(X):\n    return X + 1")

    assert stubs.stub("net")(1) == 2
    assert stubs.notes() == []


def test_alias_is_found_and_noted(load):
    """Another usual name is as good, and the report says so."""
    stubs = load("def model(X):\n    return X + 1")

    assert stubs.stub("net")(1) == 2
    assert in_words(stubs.notes()) == ["`net` was found under the name `model`"]


@pytest.mark.parametrize(
    "source",
    [
        "net = lambda X: X + 1",
        "from functools import partial\ndef add(a, X):\n    return a + X\nnet = partial(add, 1)",
        "class Net:\n    def __call__(self, X):\n        return X + 1\nnet = Net()",
        "class Net:\n    def go(self, X):\n        return X + 1\nnet = Net().go",
        "class net:\n    def __new__(cls, X):\n        return X + 1",
        "import torch\nclass F(torch.autograd.Function):\n    @staticmethod\n"
        "    def forward(ctx, X):\n        return X + 1\nnet = F.apply",
        "import torch\nclass F(torch.autograd.Function):\n    @staticmethod\n"
        "    def forward(X):\n        return X + 1\n    @staticmethod\n"
        "    def setup_context(ctx, inputs, output):\n        pass\nnet = F.apply",
    ],
    ids=["lambda", "partial", "callable object", "method", "class", "autograd", "two steps"],
)
def test_other_callables_are_stubs(load, source):
    """Lambdas, partials, objects, methods and classes of the student's own count."""
    stubs = load(source)

    assert stubs.stub("net")(1) == 2


def test_last_definition_counts(load):
    """Of two definitions of a name the later one is taken."""
    stubs = load("def net(X):\n    return 1\n\ndef net(X):\n    return 2")

    assert stubs.stub("net")(0) == 2


def test_rebinding_to_a_value_does_not_hide_the_function(load):
    """A name that becomes a number or a loop's variable later is still the function."""
    stubs = load("def acc(y_hat, y):\n    return 1\n\nacc = 0.5")

    assert stubs.stub("accuracy")(0, 0) == 1


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("import torch\nnet = torch.softmax", "softmax"),
        ("import functools, torch\nnet = functools.partial(torch.softmax, dim=1)", "softmax"),
        ("import torch\nnet = torch.nn.Flatten()", "Flatten"),
        ("from torch.nn import Linear as net", "Linear"),
    ],
    ids=["function", "partial", "object", "class"],
)
def test_ready_made_object_is_refused(load, source, made):
    """What a library made is no stub; the text names it."""
    problem = problem_of(load(source), "net")

    assert "ready-made" in problem
    assert made in problem


@pytest.mark.parametrize(
    "source",
    [
        "import numpy\nevaluate = numpy.mean",
        "from numpy import mean as evaluate",
        "import functools, numpy\nevaluate = functools.partial(numpy.mean, axis=None)",
    ],
    ids=["attribute", "import", "partial"],
)
def test_function_of_a_library_is_a_stub_without_a_rule(load, source):
    """Where nothing has to be built from scratch, a library's function does as well."""
    assert load(source, ready_made=True).stub("evaluate")([1.0, 2.0]) == 1.5


def test_class_of_a_library_is_a_stub_without_a_rule(load):
    """A class is called like a function that takes what it takes."""
    stubs = load("from collections import Counter\nnet = Counter", ready_made=True)

    assert stubs.stub("net")("aab") == {"a": 2, "b": 1}


def test_own_function_goes_before_a_ready_made_one(load):
    """A library's function is taken only where the student has none under another name."""
    source = "from numpy import mean as accuracy\ndef acc(y_hat, y):\n    return 'own'"

    assert load(source, ready_made=True).stub("accuracy")(1, 2) == "own"


def test_ready_made_object_stays_no_stub(load):
    """What a library's class has made is neither a function nor a class."""
    stubs = load("import torch\nnet = torch.nn.Flatten()", ready_made=True)

    assert "ready-made" in problem_of(stubs, "net")


@pytest.mark.parametrize("source", ["x = 1", "net = None", "net = ...", "net = 3"])
def test_missing_stub_is_named(load, source):
    """A stub that is not there, or not written, is missing under its name."""
    assert problem_of(load(source), "net") == "`net` is not defined in the submission"


def test_nested_definition_is_explained(load):
    """A stub inside a class is not found, and the text says where it hides."""
    problem = problem_of(load("class Model:\n    def net(self, X):\n        return X"), "net")

    assert problem == "`net` is defined inside the class Model: define it at the top level"


def test_stub_in_a_helper_module_is_found(load):
    """A function that is imported from a handed-in module is the student's own."""
    stubs = load("from parts import net", helpers={"parts": "def net(X):\n    return X + 1"})

    assert stubs.stub("net")(1) == 2


# ------------------------------------------------------------------------------ course helpers

COURSE = "def accuracy(y_hat, y):\n    return 'of the course'\n\ndef other(x):\n    return x\n"


@pytest.mark.parametrize(
    "source",
    [
        f"from {HELPER} import accuracy",
        f"import {HELPER}\naccuracy = {HELPER}.accuracy",
        f"import functools, {HELPER}\naccuracy = functools.partial({HELPER}.accuracy)",
        f"import torch, {HELPER}\naccuracy = torch.no_grad()({HELPER}.accuracy)",
        f"import functools, {HELPER}\nacc = functools.lru_cache({HELPER}.accuracy)",
    ],
)
def test_course_helper_is_no_stub(load, source):
    """A course helper does not stand for the stub that it would replace, in no wrapper, also where
    there is no from-scratch rule."""
    stubs = load(source, stand_ins={HELPER: COURSE}, ready_made=True)

    assert "ready-made" in problem_of(stubs, "accuracy")


@pytest.mark.parametrize(
    "source",
    [
        f"import {HELPER} as d2l\ndef accuracy(y_hat, y):\n    return d2l.accuracy(y_hat, y)",
        f"def accuracy(y_hat, y):\n    from {HELPER} import accuracy as a\n    return a(y_hat, y)",
        f"from {HELPER} import accuracy as a\ndef accuracy(y_hat, y):\n    return a(y_hat, y)",
    ],
    ids=["attribute", "import inside", "import above"],
)
def test_course_helper_is_refused_in_its_own_stub(load, source):
    """A stub that calls the course helper of its name is not written by the student."""
    stubs = load(source, stand_ins={HELPER: COURSE})

    with pytest.raises(Missing, match="short_cut"):
        stubs.stub("accuracy")(1, 2)


def test_course_helper_may_be_used_elsewhere(load):
    """Other stubs may call it, and the stub may call other helpers."""
    source = (
        f"import {HELPER} as d2l\n"
        "def evaluate(net, data_iter):\n    return d2l.accuracy(1, 2)\n"
        "def accuracy(y_hat, y):\n    return d2l.other(y)\n"
    )
    stubs = load(source, stand_ins={HELPER: COURSE})

    assert stubs.stub("evaluate")(None, None) == "of the course"
    assert stubs.stub("accuracy")(1, 2) == 2


CLASSES = """
class Base:
    def __init__(self):
        super().__init__()
    def accuracy(self, y_hat, y):
        return "of the course"
    def score(self, y_hat, y):
        return "of the course"
    def forward(self, X):
        return "of the course"
class Other(Base):
    pass
"""


@pytest.mark.parametrize(
    "source",
    [
        "class accuracy(d2l.accuracy):\n    def __init__(self, y_hat, y): self.total()",
        "accuracy = lambda y_hat, y: d2l.accuracy().total()",
        "accuracy = lambda y_hat, y: d2l.accuracy.total(None)",
        "accuracy = lambda y_hat, y: d2l.Other().accuracy(y_hat, y)",
    ],
    ids=["subclass", "object", "method of the class", "method of another class"],
)
def test_course_class_is_refused_whole(load, source):
    """No method of the class of the stub's name, and no method of that name, does the work."""
    course = CLASSES + CLASSES.partition("    def acc")[0].replace("Base", "accuracy")
    course += "    def total(self):\n        return 1\n"
    stubs = load(f"import {HELPER} as d2l\n{source}", stand_ins={HELPER: course})

    with pytest.raises(Missing, match="short_cut"):
        stubs.stub("accuracy")(1, 2)
    stubs.reset()
    assert sys.modules[HELPER].accuracy().total() == 1


@pytest.mark.parametrize(
    "body",
    [
        "def score(self, y_hat, y):\n        return super().score(y_hat, y)",
        "score = lambda self, y_hat, y: d2l.Other.score(self, y_hat, y)",
        "def score(self, y_hat, y):\n        return d2l.Base().score(y_hat, y)",
    ],
    ids=["super", "class", "object"],
)
def test_method_of_a_course_class_is_refused_in_its_stub(load, body):
    """The class may be inherited from, but its method does not do the work of the stub."""
    source = f"import {HELPER} as d2l\nclass Model(d2l.Other):\n    {body}"
    stubs = load(source, stand_ins={HELPER: CLASSES})

    with pytest.raises(Missing, match="short_cut"):
        stubs.method(stubs.stub("Model")(), "score")(1, 2)
    assert stubs.stub("Model")().accuracy(1, 2) == "of the course"


@pytest.mark.parametrize("body", ["pass", f"score = {HELPER}.Base.score"], ids=["inherited", "put"])
def test_inherited_method_of_a_course_class_is_no_stub(load, body):
    """It is missing in the student's class."""
    source = f"import {HELPER}\nclass Model({HELPER}.Other):\n    {body}"
    stubs = load(source, stand_ins={HELPER: CLASSES})

    assert problem_of(stubs, "Model.score") == "`score` is not defined in the class `Model`"


def test_method_that_a_student_adds_to_a_course_class_is_the_students(load):
    """It is never refused, and `forward` calls a module whatever it computes."""
    source = (
        f"import {HELPER} as d2l\n"
        "def score(self, y_hat, y):\n    return self.forward(y_hat)\n"
        "d2l.Base.score = score\nclass Model(d2l.Other):\n    pass\n"
    )
    stubs = load(source, stand_ins={HELPER: CLASSES})

    assert stubs.method(stubs.stub("Model")(), "score")(1, 2) == "of the course"


# ------------------------------------------------------------------------------ arguments


@pytest.mark.parametrize(
    "head",
    [
        "accuracy(y_hat, y)",
        "accuracy(y, y_hat)",
        "accuracy(labels, preds)",
        "accuracy(Y, Y_hat)",
        "accuracy(a, b)",
        "accuracy(y_hat, y, scale=1)",
        "accuracy(*args)",
        "accuracy(y_hat, y, /)",
    ],
)
def test_arguments_are_bound_by_name_where_the_names_tell(load, head):
    """The prediction is the prediction, whatever it is called and wherever it stands."""
    body = "return locals()"
    found = load(f"def {head}:\n    {body}").stub("accuracy")("prediction", "label")

    plain = {name.lower(): value for name, value in found.items() if name != "scale"}
    assert plain in (
        {"y_hat": "prediction", "y": "label"},
        {"preds": "prediction", "labels": "label"},
        {"a": "prediction", "b": "label"},
        {"args": ("prediction", "label")},
    )


def test_other_order_is_noted(load):
    """The report shows the order in which the student takes the arguments."""
    stubs = load("def accuracy(y, y_hat):\n    return y")

    (note,) = in_words(stubs.notes())

    assert note == "`accuracy` takes (y, y_hat): its arguments are bound by name"


@pytest.mark.parametrize("head", ["X, W, b", "W, b, X", "W, X, b", "inputs, W, b"])
def test_further_parameters_are_filled_from_module_values(load, head):
    """A net that takes its weights as arguments gets those of the module, as they are now."""
    images = "inputs" if "inputs" in head else "X"
    stubs = load(f"W = 2\nb = 3\ndef net({head}):\n    return {images}, W, b")
    stubs.bind("W", 5)

    result = stubs.stub("net")("images")

    assert result == ("images", 5, 3)


def test_parameter_that_nobody_knows_is_the_students_error(load):
    """Without a module value of that name the call fails as it would in Python."""
    stubs = load("def net(X, V):\n    return X")

    with pytest.raises(TypeError, match="V"):
        stubs.stub("net")(1)


@pytest.mark.parametrize("source", ["a, b, average=1", "a, b=0, average=1", "a, b, *, average=1"])
def test_optional_argument_is_bound_by_name(load, source):
    """What has a default in the contract may be spelled otherwise; a check passes it by keyword."""
    stubs = load(f"class Model:\n    def score(self, {source}):\n        return average")

    assert stubs.method(stubs.stub("Model")(), "score")(1, 2, averaged=False) is False


def test_optional_argument_of_another_name_is_bound_by_place(load):
    """What no name tells is told by the place, but for an argument that has none."""
    stubs = load(
        "class Model:\n"
        "    def score(self, a, b, mean=True):\n        return mean\n"
        "class Other(Model):\n"
        "    def score(self, a, b, *, mean=True):\n        return mean\n"
    )
    make = vars(stubs.program.module)["Other"]

    assert stubs.method(stubs.stub("Model")(), "score")(1, 2, averaged=False) is False
    with pytest.raises(TypeError, match="averaged"):
        stubs.method(make(), "score")(1, 2, averaged=False)


# ------------------------------------------------------------------------------ methods

MODEL = """
class {name}{bases}:
    def __init__(self, lr=0.5):
        self.lr = lr

    def {method}(self, y_hat, y, averaged=True):
        return self.lr, y_hat, y, averaged
"""


def model(name="Model", bases="", method="score"):
    """The source of a class with one of the two stubs in it."""
    return MODEL.format(name=name, bases=bases, method=method)


@pytest.mark.parametrize(
    "source",
    [
        model(),
        model(name="BaseModel"),
        model(method="metric"),
        model(name="Parent") + "class Model(Parent): pass",
        model(name="Course", method="other") + "class Model(Course):\n    score = Course.other",
        model() + "def score(self, *a, **k): return self.lr, *a, True\nModel.score = score",
        model(method="_score") + "def add(self, a, b): return self._score(a, b)\nModel.score = add",
    ],
    ids=["plain", "class alias", "method alias", "inherited", "renamed", "replaced", "added"],
)
def test_method_is_a_stub(load, source):
    """A stub with a dot is a method of the student's class, wherever it was defined."""
    stubs = load(source)

    found = stubs.stub("Model")(0.1)

    assert stubs.method(found, "score")(1, 2) == (0.1, 1, 2, True)
    assert stubs.stub("Model.score")(found, 1, 2) == (0.1, 1, 2, True)


@pytest.mark.parametrize("kind", ["staticmethod", "classmethod"])
def test_static_and_class_methods_are_stubs(load, kind):
    """A method that does not need its object may say so."""
    first = "cls, " if kind == "classmethod" else ""
    stubs = load(
        f"class Model:\n    @{kind}\n    def score({first}y, y_hat):\n        return y_hat, y\n"
        "    def step(self, batch):\n        return self.score(2, 1), Model.score(2, 1)\n"
    )
    found = stubs.stub("Model")()

    assert stubs.method(found, "score")(1, 2) == (1, 2)
    assert stubs.method(found, "step")(None) == ((1, 2), (1, 2))
    if kind == "staticmethod":
        stubs.bind("Model.score", lambda self, y_hat, y: ("part", y_hat, y))
        assert stubs.method(found, "step")(None) == (("part", 1, 2), ("part", 1, 2))


def test_subclass_of_a_check_keeps_the_stubs(load):
    """A check gives what the base class leaves open; the stubs are found in the subclass too."""
    stubs = load(model(method="metric"))

    class Net(stubs.stub("Model")):
        pass

    assert stubs.method(Net(), "score")(1, 2) == (0.5, 1, 2, True)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("x = 1", "the class `Model` is not defined in the submission"),
        ("from torch.nn import Linear as Model", "`Model` is the ready-made torch.nn.modules"),
        ("class Model: pass", "`score` is not defined in the class `Model`"),
        ("class Model(dict):\n    score = dict.get", "`score` is not defined in the class `Model`"),
        (
            "class Model: pass\ndef metric(self): pass",
            "`metric` is defined outside the class: move it into `Model`",
        ),
    ],
)
def test_missing_method_is_named(load, source, problem):
    """Whether the class or the method is missing; one of a library's class is nobody's own."""
    assert problem in problem_of(load(source), "Model.score")


def test_each_method_is_missing_on_its_own(load):
    """One method that is there is graded, another one is missing."""
    stubs = load(model())
    found = stubs.stub("Model")()

    assert stubs.method(found, "score")(1, 2)
    with pytest.raises(Missing, match=r"no_method.*step.*Model"):
        stubs.method(found, "step")


def test_methods_arguments_are_bound_by_name(load):
    """A check calls by the contract, the student's own code by the student's order."""
    stubs = load(
        "class Model:\n    def score(self, y, y_hat):\n        return y_hat, y\n"
        "    def step(self, batch):\n        return self.score('label', 'prediction')\n"
    )
    found = stubs.stub("Model")()

    assert stubs.method(found, "score")("prediction", "label") == ("prediction", "label")
    assert stubs.method(found, "step")(None) == ("prediction", "label")
    assert in_words(stubs.notes()) == [
        "`Model.score` takes (y, y_hat): its arguments are bound by name"
    ]


def test_aliases_of_methods_and_classes_are_noted(load):
    """The report says under which names they were found."""
    assert in_words(load(model(name="BaseModel", method="metric")).notes()) == [
        "`Model` was found under the name `BaseModel`",
        "`Model.score` was found under the name `metric`",
    ]


@pytest.mark.parametrize(
    ("head", "call"),
    [
        ("score(self, y_hat, y, averaged=True)", "self.score(1, 2, averaged=3)"),
        ("score(self, y_hat, y, averaged=True)", "self.score(1, 2, 3)"),
        ("score(self, y_hat, y, averaged=True)", "Model.score(self, 1, 2, 3)"),
        ("metric(self, y_hat, y, averaged=True)", "self.metric(1, 2, 3)"),
        ("score(self, y, y_hat, average=True)", "self.score(2, 1, average=3)"),
        ("score(self, y, y_hat, average=True)", "self.score(2, 1, 3)"),
        ("score(this, preds, labels, *, average)", "self.score(preds=1, labels=2, average=3)"),
    ],
)
def test_supplied_method_is_called_as_the_students_was(load, head, call):
    """A part takes the place of a method in the class, for code that calls the student's own."""
    stubs = load(
        f"class Model:\n    def {head}:\n        return None\n"
        f"    def step(self, batch):\n        return {call}\n"
    )

    stubs.bind("Model.score", lambda self, y_hat, y, averaged=True: (y_hat, y, averaged))

    found = stubs.stub("Model")()
    assert stubs.method(found, "step")(None) == (1, 2, 3)
    assert stubs.stub("Model.score")(found, 1, 2, averaged=3) == (1, 2, 3)
    stubs.bind("Model.score", lambda self, y_hat, y, averaged=True: (averaged, y, y_hat))
    assert stubs.method(found, "step")(None) == (3, 2, 1)


def test_part_can_be_supplied_in_a_module_of_any_name(load):
    """In a notebook the student's module is called otherwise; a supplied method is still found."""
    module = types.ModuleType("kernel")
    exec("class Model:\n    def score(self, y_hat, y):\n        return None", vars(module))
    stubs = Stubs(loader.Program(module, {"kernel": module}), CONTRACT)

    stubs.bind("Model.score", lambda self, y_hat, y: (y_hat, y))

    assert stubs.method(stubs.stub("Model")(), "score")(1, 2) == (1, 2)


def test_part_of_a_missing_method_can_be_supplied(load):
    """Another method that needs it can be checked all the same."""
    stubs = load("class Model:\n    def step(self, batch):\n        return self.score(1, 2)")

    stubs.bind("Model.score", lambda self, y_hat, y: (y_hat, y))

    assert stubs.method(stubs.stub("Model")(), "step")(None) == (1, 2)


def test_course_helper_is_refused_in_a_method_of_its_name(load):
    """A helper of the course does not do the work of a method either."""
    source = (
        f"from {HELPER} import accuracy as ready\n"
        "class Model:\n    def score(self, y_hat, y):\n        return ready(y_hat, y)\n"
    )
    course = COURSE.replace("accuracy", "score")
    stubs = load(source.replace("import accuracy", "import score"), stand_ins={HELPER: course})

    with pytest.raises(Missing, match="short_cut"):
        stubs.method(stubs.stub("Model")(), "score")(1, 2)


# ------------------------------------------------------------------------------ values and parts


def test_value_is_found_by_its_other_names(load):
    """Module values may have another of the known names."""
    stubs = load("w = 3")

    assert stubs.value("W") == 3
    with pytest.raises(Missing, match=r"no_value.*'b'"):
        stubs.value("b")


def test_bound_value_is_seen_under_every_used_name(load):
    """A value that is set reaches the student's code under the name that it uses."""
    stubs = load("w = 1\ndef net(X):\n    return X * w")

    stubs.bind("W", 10)

    assert stubs.stub("net")(2) == 20


def test_bound_value_reaches_helper_modules(load):
    """A handed-in module with a value of that name gets it too."""
    stubs = load("import parts", helpers={"parts": "W = 1\ndef net(X):\n    return X * W"})

    stubs.bind("W", 10)

    assert stubs.value("W") == 10
    assert stubs.program.modules["parts"].net(2) == 20


def test_supplied_part_takes_the_place_of_the_students(load):
    """The student's other code calls the supplied version, under the name that it uses."""
    source = (
        "def acc(y_hat, y):\n    return 'wrong'\n\n"
        "def evaluate(net, data_iter):\n    return acc(net, data_iter)\n"
    )
    stubs = load(source)

    stubs.bind("accuracy", lambda y_hat, y: (y_hat, y))

    assert stubs.stub("evaluate")(1, 2) == (1, 2)
    assert stubs.stub("accuracy")(3, 4) == (3, 4)


PART_CALLS = [
    ("accuracy(y, y_hat)", "accuracy('label', 'prediction')"),
    ("accuracy(y, y_hat)", "accuracy('label', y_hat='prediction')"),
    ("accuracy(y, y_hat, n)", "accuracy('label', 'prediction', 5)"),
    ("accuracy(y_hat, y, n)", "accuracy('prediction', 'label', 5)"),
    ("accuracy(preds, labels)", "accuracy(preds='prediction', labels='label')"),
]


@pytest.mark.parametrize(("head", "call"), PART_CALLS, ids=[call for _, call in PART_CALLS])
def test_supplied_part_is_called_as_the_students_was(load, head, call):
    """Code that was written for the student's order, names and further arguments still works."""
    source = f"def {head}:\n    return None\n\ndef evaluate(net, data_iter):\n    return {call}\n"
    stubs = load(source)

    stubs.bind("accuracy", lambda y_hat, y: (y_hat, y))

    assert stubs.stub("evaluate")(None, None) == ("prediction", "label")


def test_second_part_is_called_as_the_students_was(load):
    """What the first part has replaced is remembered, also where it was no definition."""
    stubs = load(
        "from functools import partial\ndef either(y, y_hat, flag):\n    return None\n"
        "accuracy = partial(either, flag=1)\n"
        "def evaluate(net, data_iter):\n    return accuracy('label', 'prediction')\n"
    )

    for part in ("first", "second"):
        stubs.bind("accuracy", lambda y_hat, y, part=part: (part, y_hat, y))

    assert stubs.stub("evaluate")(None, None) == ("second", "prediction", "label")


def test_submission_shows_stubs_values_and_data(load):
    """The part of a check that runs inside sees stubs and values as attributes."""
    submission = Submission(load("W = 2\ndef net(X):\n    return X * W"), data="public")

    submission.bind(W=3)

    assert submission.net(2) == 6
    assert submission.W == 3
    assert submission.data == "public"
    with pytest.raises(Missing):
        _ = submission.accuracy
    with pytest.raises(Missing):
        _ = submission.Model


# ------------------------------------------------------------------------------ loading


def test_loading_for_the_reference_leaves_no_trace():
    """The import system of the trusted side is as before."""
    finders, modules = list(sys.meta_path), set(sys.modules)

    with loader.leaving_no_trace():
        loader.load([Cell("hw.py", "x = 1")], {}, {})

    assert sys.meta_path == finders
    assert set(sys.modules) == modules


def test_slow_statement_costs_itself(load, monkeypatch):
    """A statement that does not end is stopped, noted, and the next one is executed."""
    monkeypatch.setattr(loader, "STATEMENT_SECONDS", 0.2)

    stubs = load("def spin():\n    while True: pass\na = spin()\ndef net(X):\n    return X or a")

    assert stubs.stub("net")(1) == 1
    assert any(
        note.startswith("hw.py, line 3: stopped after") for note in in_words(stubs.program.notes)
    )


def test_broken_statements_are_noted_with_their_place(load):
    """What failed is said in words: a missing package by its name, others by their error."""
    source = (
        "import not_a_package as a, torch\nb = 1 / 0\nc = exit(3)\nimport not_needed\n"
        "def net(X):\n    return X + torch.zeros(a + b + c)"
    )

    notes = in_words(load(source).program.notes)

    assert notes == [
        "hw.py, line 1: there is no package not_a_package here, and not_a_package.py was not "
        "handed in; so `a` is missing, which `net` needs",
        "hw.py, line 2: failed: ZeroDivisionError: division by zero; so `b` is missing, which "
        "`net` needs",
        "hw.py, line 3: failed: SystemExit: 3; so `c` is missing, which `net` needs",
    ]


def test_names_that_come_later_get_a_second_chance(load):
    """Notebooks are run out of order."""
    stubs = load("y = later()\ndef later():\n    return 4\n\ndef net(X):\n    return y")

    assert stubs.stub("net")(0) == 4
    assert stubs.program.notes == []


def test_what_is_left_out_is_not_noted(load):
    """What trains or prints, and what only follows from it, loses nothing that a stub needs."""
    stubs = load("print(1)\nlosses = train(3)\nbest = min(losses)\ndef net(X):\n    return X")

    assert stubs.program.notes == []


# ------------------------------------------------------------------------------ all parameters


SETS_W_AND_B = "import torch\nW, b = torch.tensor(1.0), torch.tensor(2.0)\n"


@pytest.mark.parametrize(
    "source",
    [
        "def net(X, params):\n    return X * params[0] + params[1]",
        "def net(X, params=(W, b)):\n    return X * params[0] + params[1]",
        "params = [W, b]\ndef net(X, params=params):\n    return X * params[0] + params[1]",
        "params = [W, b]\ndef net(X):\n    return X * params[0] + params[1]",
        "theta = (W, b)\ndef net(X):\n    return X * theta[0] + theta[1]",
        "theta = {'W': W, 'b': b}\ndef net(X):\n    return X * theta['W'] + theta['b']",
    ],
    ids=["argument", "default", "named default", "list", "tuple", "dictionary"],
)
def test_collection_of_the_values_follows_them(load, source):
    """A check sets W and b: so does the list, tuple or dictionary that the program keeps them in,
    and an argument that takes them all is given them."""
    stubs = load(SETS_W_AND_B + source)
    stubs.bind("W", torch.tensor(10.0))
    stubs.bind("b", torch.tensor(20.0))

    assert stubs.stub("net")(3) == 50


def test_number_that_equals_a_value_is_not_replaced(load):
    """Only a tensor is known again in a list; a number may stand there for something else."""
    stubs = load("W = 7\nsizes = [7, 8]\ndef net(X):\n    return sizes[0]")
    stubs.bind("W", 10)

    assert stubs.stub("net")(0) == 7


def test_part_calls_what_it_is_handed_by_the_contract(load):
    """A supplied evaluate meets the student's own net and accuracy in the text's order."""
    stubs = load(
        "W = 2\n"
        "def net(X, W):\n    return X * W\n"
        "def accuracy(y, y_hat):\n    return y_hat - y\n"
        "def evaluate(net, data_iter):\n    return 0\n"
        "def run():\n    return evaluate(net, accuracy)\n"
    )
    stubs.bind("evaluate", lambda net, accuracy: accuracy(net(10), 1))

    assert stubs.program.module.run() == 19

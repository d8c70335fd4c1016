"""The stand-ins for the course's helper packages do what submissions expect of them."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import types
from pathlib import Path

import nbformat
import pytest
import torch
from nbconvert.preprocessors import ExecutePreprocessor

from grader.course import datasets
from grader.sandbox.inside.data import load_split
from tests.conftest import grade_paths

HELPERS = Path(__file__).parents[1] / "assignments" / "helpers"
CELLS = [
    "import torch\nfrom d2l import torch as d2l\n"
    "animator = d2l.Animator(xlabel='epoch', legend=['train loss', 'test acc'])",
    "for epoch in (70, 71, 76):\n"
    "    animator.add(epoch, (torch.tensor(1 / epoch, requires_grad=True), epoch / 100))",
    "d2l.show_images(torch.rand(3, 28, 28), 1, 3, titles=list('abc'));",
]


@pytest.fixture
def course_import(monkeypatch):
    """Import the stand-ins as plain modules, and forget them afterwards."""
    monkeypatch.syspath_prepend(str(HELPERS))
    forget()
    yield
    forget()


def forget():
    """Let the next import load the stand-ins anew."""
    for name in [
        name for name in sys.modules if name.partition(".")[0] in ("d2l", "d2lzh_pytorch")
    ]:
        del sys.modules[name]


@pytest.fixture
def d2l(course_import):
    """The module that `from d2l import torch as d2l` gives."""
    from d2l import torch as module

    return module


@pytest.fixture
def d2lzh(course_import):
    """The module that `import d2lzh_pytorch` gives."""
    import d2lzh_pytorch

    return d2lzh_pytorch


@pytest.fixture
def images_beside(tmp_path, monkeypatch):
    """A working folder with Fashion-MNIST in ../data."""
    (tmp_path / "data").symlink_to(datasets.find("FashionMNIST", Path("embedded")).public_root)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


# ------------------------------------------------------------------------------ imports

IMPORTS = {
    "package": "import d2l\nused = d2l.sgd",
    "from_package": "from d2l import sgd as used",
    "star_of_package": "from d2l import *\nused = sgd",
    "usual": "from d2l import torch as d2l\nused = d2l.sgd",
    "module_as": "import d2l.torch as d2l\nused = d2l.sgd",
    "module": "import d2l.torch\nused = d2l.torch.sgd",
    "from_module": "from d2l.torch import sgd as used",
    "star": "from d2l.torch import *\nused = nn and plt and torch.Tensor and sgd",
    "older": "import d2lzh_pytorch as d2l\nused = d2l.sgd",
    "older_star": "from d2lzh_pytorch import *\nused = nn and plt and torch.Tensor and sgd",
    "older_module": "import d2lzh_pytorch.utils\nused = d2lzh_pytorch.utils.sgd",
}
PROGRAM = """
import torch
{imports}
from d2l import paddle as other
from d2l.torch import bleu
from d2l import torch as d2l

def sigmoid(z):
    assert {names}
    return 1 / (1 + torch.exp(-z))

def entropy(p):
    return d2l.bleu(p)

def cross_entropy(p, q):
    return other.cross_entropy(p, q)

def kl_divergence(p, q):
    return bleu(p, q)
"""


def test_every_form_of_import_works_in_a_box(tmp_path):
    """Each gives the helpers; what is not there is named, and costs only the stub that needs it."""
    for name, source in IMPORTS.items():
        (tmp_path / f"{name}.py").write_text(source, "utf-8")
    names = " and ".join(f"{name}.used.__name__ == 'sgd'" for name in IMPORTS)
    program = PROGRAM.format(imports="import " + ", ".join(IMPORTS), names=names)
    (tmp_path / "logistic_regression.py").write_text(program, "utf-8")

    (result,) = grade_paths([tmp_path], assignment="logistic_regression")

    assert {stub.name: stub.status for stub in result.grade.stubs}["sigmoid"] == "passed"
    entropy = [check.message for check in result.record.checks if check.stub == "entropy"]
    assert any("the course's d2l here has no `bleu`" in message for message in entropy)
    assert any("d2l.paddle" in warning for warning in result.record.warnings)
    assert any("bleu" in warning for warning in result.record.warnings)


def test_importing_it_is_light(course_import):
    """torchvision, matplotlib and IPython are imported by what needs them."""
    program = (
        "import sys\nfrom d2l.torch import *\n"
        "print({'torchvision', 'matplotlib', 'IPython'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=HELPERS, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_modules_of_others_are_imported_when_they_are_used(d2l):
    """`d2l.plt` and the like are the real modules for whoever asks them for something."""
    from matplotlib import pyplot

    assert d2l.plt.subplots is pyplot.subplots


def test_what_is_missing_is_said(d2l):
    """A name that it lacks, and the parts of d2l for other frameworks."""
    import d2l as package

    for module in (d2l, package):
        with pytest.raises(AttributeError, match="the course's d2l here has no `bleu`"):
            module.bleu  # noqa: B018
    with pytest.raises(
        ModuleNotFoundError,
        match="the one for PyTorch, JAX, TensorFlow and MXNet, it has no `paddle`",
    ):
        package.paddle  # noqa: B018


def test_the_names_that_submissions_use_are_there(d2l):
    """Names read off public course files."""
    names = """sgd Accumulator accuracy evaluate_accuracy evaluate_loss Animator Timer
        get_dataloader_workers load_data_fashion_mnist get_fashion_mnist_labels show_images
        load_array synthetic_data data_iter linreg squared_loss set_axes set_figsize plot
        use_svg_display train_epoch_ch3 train_ch3 predict_ch3 try_gpu try_all_gpus add_to_class
        Module DataModule Trainer Classifier SGD FashionMNIST reshape matmul tensor arange randn
        astype reduce_sum reduce_mean argmax size numpy log exp normal zeros ones concat stack abs
        to linspace sin cos eye transpose rand""".split()  # noqa: SIM905
    assert [name for name in names if not callable(getattr(d2l, name, None))] == []


# ------------------------------------------------------------------------------ short cuts

BORROWED = """
import torch
from d2l import torch as d2l

class Classifier(d2l.Classifier):
    def __init__(self, lr=0.1):
        super().__init__()
        self.lr = lr

    def loss(self, y_hat, y, averaged=True):
        return super().loss(y_hat, y, averaged)

    def accuracy(self, y_hat, y, averaged=True):
        return d2l.SoftmaxRegression.accuracy(self, y_hat, y, averaged)

    configure_optimizers = lambda self: d2l.Module.configure_optimizers(self)

def quick_validation_loss(batch_losses):
    return torch.as_tensor(batch_losses).mean()
"""


def test_methods_of_its_classes_earn_nothing(tmp_path):
    """Not inherited, not by super(), not by the class's name; the stubs beside them are graded."""
    (tmp_path / "hw.py").write_text(BORROWED, "utf-8")

    (result,) = grade_paths([tmp_path / "hw.py"], assignment="classifier")

    stubs = {stub.name: stub for stub in result.grade.stubs}
    assert [name for name, stub in stubs.items() if stub.points] == ["quick_validation_loss"]
    assert stubs["Classifier.validation_step"].status == "missing"


# ------------------------------------------------------------------------------ functions


def test_sgd_steps_in_place_and_clears_the_gradients(d2l):
    """p - lr * grad / batch_size, in the tensor that was passed in."""
    p = torch.tensor([1.0, 2.0], requires_grad=True)
    p.grad = torch.tensor([2.0, 4.0])

    d2l.sgd([p], 0.1, 2)

    assert torch.allclose(p, torch.tensor([0.9, 1.8]))
    assert not p.grad.any()


def test_metrics_count_over_ragged_batches(d2l):
    """accuracy is a number of examples, evaluate_accuracy a fraction of all of them."""
    X, y = torch.eye(3), torch.tensor([0, 1, 1])

    assert d2l.accuracy(X, y) == 2.0
    assert d2l.accuracy(torch.tensor([0, 1, 2]), y) == 2.0
    assert d2l.evaluate_accuracy(lambda X: X, [(X, y), (X[:1], y[:1])]) == 0.75


def test_evaluation_switches_a_module_to_eval_mode(d2l):
    """Dropout is off while a module is evaluated."""
    net = torch.nn.Dropout(0.5)
    d2l.evaluate_accuracy(net, [(torch.eye(2), torch.tensor([0, 1]))])
    assert not net.training


def test_accumulators_keep_their_own_sums(d2l):
    """add, reset and [i], with floats and tensors."""
    first, second = d2l.Accumulator(2), d2l.Accumulator(2)
    first.add(1.5, torch.tensor(2))
    first.add(1, 2)
    assert (first[0], first[1], second[0]) == (2.5, 4.0, 0.0)
    first.reset()
    assert (first[0], first[1]) == (0.0, 0.0)


def test_linear_regression_helpers_fit_together(d2l):
    """The synthetic data follow the line they were drawn from, batch by batch."""
    torch.manual_seed(0)
    w = torch.tensor([2.0, -3.4])
    X, y = d2l.synthetic_data(w, 4.2, 100)
    assert (X.shape, y.shape) == ((100, 2), (100, 1))
    assert float(d2l.squared_loss(d2l.linreg(X, w.reshape(2, 1), 4.2), y).mean()) < 1e-3
    assert [len(labels) for _, labels in d2l.load_array((X, y), 30)] == [30, 30, 30, 10]
    assert next(iter(d2l.load_array((X, y), 30, is_train=False)))[1].equal(y[:30])


def test_an_animator_collects_points_and_a_timer_adds_up(d2l):
    """Curves and times are plain lists."""
    animator = d2l.Animator(xlabel="epoch", legend=["loss", "accuracy"])
    animator.add(1, (0.5, None))
    animator.add(2, (0.4, 0.8))
    assert (animator.X, animator.Y) == ([[1, 2], [2]], [[0.5, 0.4], [0.8]])
    timer = d2l.Timer()
    assert timer.stop() >= 0
    timer.times = [1.0, 2.0, 6.0]
    assert (timer.sum(), timer.avg(), timer.cumsum()) == (9.0, 3.0, [1.0, 3.0, 9.0])


def test_nothing_is_drawn(d2l):
    """What a file draws with takes its calls, without a display and without matplotlib."""
    animator = d2l.Animator(xlim=[1, 3], nrows=1, ncols=2)
    animator.axes[1].set_title("loss").set_fontsize(3)
    axes = d2l.show_images(torch.zeros(6, 28, 28), 2, 3, titles=["x"] * 6)
    axes[5].imshow(torch.zeros(28, 28))
    d2l.set_axes(axes[0], "x", "y", [0, 1], None, "linear", "log", ["loss"])
    d2l.plot([1, 2], [[1, 2], [2, 1]], "x", "f(x)", legend=["f", "g"], figsize=(3, 2))
    assert len(axes) == 6


def test_a_notebook_shows_images(d2l, monkeypatch):
    """In a kernel the grid of the documents is drawn, each image with its title, of any size."""
    import IPython
    import matplotlib
    from matplotlib import pyplot

    matplotlib.use("agg")
    monkeypatch.setattr(IPython, "get_ipython", lambda: types.SimpleNamespace(kernel=True))
    axes = d2l.show_images(torch.rand(3, 1, 64, 64), 2, 2, titles=["a", "b", "c"])
    pyplot.close("all")

    assert [ax.get_title() for ax in axes] == ["a", "b", "c", ""]
    assert [ax.images[0].get_array().shape for ax in axes[:3]] == [(64, 64)] * 3


def test_a_kernel_draws_curves_and_images(tmp_path, monkeypatch):
    """One SVG with all curves, drawn again in place, below the cell that adds the points; and the
    grid of images, once."""
    for name in ("IPYTHONDIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(HELPERS))
    notebook = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, CELLS)])
    ExecutePreprocessor(timeout=60, kernel_name="python3").preprocess(notebook)

    made, curves, images = (cell.outputs for cell in notebook.cells)
    assert made == []
    (picture,) = (one.data["image/svg+xml"] for one in curves)
    assert all(f"<!-- {word} -->" in picture for word in ("epoch", "train loss", "test acc"))
    assert "<!-- 76 -->" in picture  # the last point
    assert ["image/png" in one.data for one in images] == [True]


def test_the_functions_train_on_the_images(d2l, images_beside):
    """Softmax regression by train_epoch_ch3, with the optimizer of PyTorch and with sgd."""
    torch.manual_seed(0)
    train_iter, test_iter = d2l.load_data_fashion_mnist(256)
    net = d2l.nn.Sequential(d2l.nn.Flatten(), d2l.nn.Linear(784, 10))
    loss = d2l.nn.CrossEntropyLoss(reduction="none")

    d2l.train_ch3(net, train_iter, test_iter, loss, 1, torch.optim.SGD(net.parameters(), lr=0.1))
    metrics = d2l.train_epoch_ch3(
        net, train_iter, loss, lambda size: d2l.sgd(net.parameters(), 0.1, size)
    )
    d2l.predict_ch3(net, test_iter)

    X, y = next(iter(test_iter))
    images, labels = load_split(Path("../data"), "FashionMNIST", "test")
    assert y.equal(torch.from_numpy(labels[:256]))
    assert X.equal(torch.from_numpy(images[:256, None]).float() / 255)
    assert 0 < metrics[0] < 1.5
    assert 0.5 < d2l.evaluate_accuracy(net, test_iter) < 1
    assert next(iter(d2l.load_data_fashion_mnist(4, resize=64)[1]))[0].shape == (4, 1, 64, 64)


def test_loss_of_a_data_set_counts_elements(d2l):
    """evaluate_loss is the mean over all elements, whatever the batches."""
    batches = d2l.data_iter(2, torch.tensor([1.0, 2.0, 6.0]), torch.zeros(3))
    assert d2l.evaluate_loss(lambda X: X, batches, lambda out, y: out - y) == 3.0


def test_the_older_package_has_its_own_arguments(d2lzh, capsys):
    """evaluate_accuracy takes the data first, sgd leaves the gradients, train_ch3 clears them."""
    torch.manual_seed(0)
    X, y = torch.eye(3), torch.tensor([0, 1, 2])
    W = torch.zeros(3, 3, requires_grad=True)
    data = [(X, y), (X[:1], y[:1])]

    d2lzh.train_ch3(
        lambda X: X @ W, data, data, d2lzh.nn.CrossEntropyLoss(), 3, 3, params=[W], lr=3.0
    )

    assert d2lzh.evaluate_accuracy(data, lambda X: X @ W) == 1.0
    assert "epoch 3, loss" in capsys.readouterr().out
    W.grad = torch.ones(3, 3)
    d2lzh.sgd([W], 0.1, 2)
    assert W.grad.all()
    assert d2lzh.FlattenLayer()(torch.zeros(2, 1, 4, 4)).shape == (2, 16)


# ------------------------------------------------------------------------------ classes


def test_classes_can_grow(d2l):
    """add_to_class adds a method; Module keeps hyperparameters and asks its net."""

    class Model(d2l.Module):
        def __init__(self, lr, width=3):
            super().__init__()
            self.save_hyperparameters(ignore=["width"])
            self.net = torch.nn.Identity()

    model = Model(0.1)

    @d2l.add_to_class(Model)
    def double(self, x):
        return 2 * x

    model.plot("loss", 1.0, train=True)
    assert (model.lr, hasattr(model, "width"), model.double(2)) == (0.1, False, 4)
    assert model(torch.ones(1)).equal(torch.ones(1))


def test_labels_are_words(d2l):
    """The ten classes of Fashion-MNIST."""
    assert d2l.get_fashion_mnist_labels(torch.tensor([9, 2, 0])) == [
        "ankle boot",
        "pullover",
        "t-shirt",
    ]


@pytest.mark.parametrize("name", ["LinearRegression", "LinearRegressionScratch"])
def test_linear_regression_is_trained(d2l, name):
    """Trainer, Module and DataModule fit together, and the board keeps the curves."""
    torch.manual_seed(0)
    w = torch.tensor([2.0, -3.4])
    model = (
        d2l.LinearRegression(0.03) if name == "LinearRegression" else getattr(d2l, name)(2, 0.03)
    )
    data = d2l.SyntheticRegressionData(w, 4.2, num_train=320, num_val=100, batch_size=16)
    trainer = d2l.Trainer(max_epochs=4, gradient_clip_val=50)

    trainer.fit(model, data)

    found = model.get_w_b()[0] if name == "LinearRegression" else model.w.detach()
    assert (found.reshape(-1) - w).abs().max() < 0.8
    assert len(model.board.data["train_loss"]) == 8
    assert [x for x, _ in model.board.data["val_loss"]] == [1, 2, 3, 4]
    assert (trainer.epoch, trainer.train_batch_idx, data.noise) == (4, 80, 0.01)


def test_a_classifier_is_trained_on_the_images(d2l, images_beside):
    """Softmax regression in classes, and one that a file derives from Classifier."""
    torch.manual_seed(0)
    data, trainer = d2l.FashionMNIST(batch_size=256), d2l.Trainer(max_epochs=1)
    batch = next(iter(data.val_dataloader()))
    data.visualize(batch)

    class Scratch(d2l.Classifier):
        def __init__(self, num_inputs, num_outputs, lr):
            super().__init__()
            self.save_hyperparameters()
            self.W = torch.nn.Parameter(0.01 * torch.randn(num_inputs, num_outputs))

        def forward(self, X):
            return X.flatten(1) @ self.W

    for model in (d2l.SoftmaxRegression(num_outputs=10, lr=0.1), Scratch(784, 10, lr=0.1)):
        trainer.fit(model, data)
        assert model.board.data["val_acc"][0][1] > 0.4
        assert model.accuracy(model(*batch[:-1]), batch[-1], averaged=False).shape == (256,)
    assert data.text_labels([9]) == ["ankle boot"]
    assert data.train[0][0].shape == (1, 28, 28)


def test_lazy_layers_get_their_shapes_before_they_are_initialised(d2l):
    """apply_init calls the model once."""
    model = d2l.LinearRegression(0.1)
    model.apply_init([torch.zeros(2, 3)], lambda m: m.weight.data.fill_(1.0))
    assert model.net.weight.equal(torch.ones(1, 3))


def test_what_a_subclass_has_to_write_is_said(d2l):
    """A model without a loss, and data without batches."""
    for missing in (lambda: d2l.Module().loss(1, 2), lambda: d2l.DataModule().train_dataloader()):
        with pytest.raises(NotImplementedError, match="no method"):
            missing()


@pytest.mark.parametrize("framework", ["jax", "tensorflow"])
def test_a_file_for_another_framework_needs_no_torch(framework):
    """`from d2l import jax as d2l`, or tensorflow, loads, with a base class whose steps work, and
    imports no PyTorch."""
    if importlib.util.find_spec(framework) is None:  # importing it here would bring its threads
        pytest.skip(f"{framework} is not installed")
    program = {"jax": FOR_JAX, "tensorflow": FOR_TENSORFLOW}[framework]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=HELPERS, capture_output=True, text=True, timeout=120
    )

    assert (done.returncode, done.stdout) == (0, "0.6931 1.0\n"), done.stderr


FOR_JAX = """
import sys
import types
from d2l import jax as d2l

class Same(d2l.Classifier):
    def forward(self, X):
        return X

model, state = Same(), types.SimpleNamespace(apply_fn=Same().apply, batch_stats={})
X, Y = (d2l.jnp.zeros((1, 2)),), d2l.jnp.array([0])
((loss, aux), grads) = model.training_step({}, (*X, Y), state)
print(round(float(loss), 4), model.accuracy({}, X, Y, state))
assert "torch" not in sys.modules
"""

FOR_TENSORFLOW = """
import sys
from d2l import tensorflow as d2l

class Same(d2l.Classifier):
    def forward(self, X):
        return X

model, X, Y = Same(), d2l.tf.zeros((1, 2)), d2l.tf.constant([0])
model.validation_step((X, Y))
print(round(float(model.training_step((X, Y))), 4), float(model.accuracy(X, Y)))
assert "torch" not in sys.modules
"""

"""The stand-in for the course's helper package does what submissions expect of it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import torch

HELPERS = Path(__file__).parents[1] / "assignments" / "helpers"


@pytest.fixture
def d2l(monkeypatch):
    """The module that `from d2l import torch as d2l` gives."""
    monkeypatch.syspath_prepend(str(HELPERS))
    for name in ("d2l", "d2l.torch"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    from d2l import torch as module

    yield module
    for name in ("d2l", "d2l.torch"):
        sys.modules.pop(name, None)


def test_importing_it_is_light(d2l):
    """torchvision and matplotlib are imported by the functions that need them."""
    source = Path(d2l.__file__).read_text(encoding="utf-8")
    assert Path(d2l.__file__).is_relative_to(HELPERS)
    assert not re.search(r"^(from|import) (torchvision|matplotlib)", source, flags=re.MULTILINE)


def test_the_names_that_submissions_use_are_there(d2l):
    """Names read off public course files."""
    names = """sgd Accumulator accuracy evaluate_accuracy Animator Timer get_dataloader_workers
        load_data_fashion_mnist get_fashion_mnist_labels show_images load_array synthetic_data
        linreg squared_loss set_axes use_svg_display add_to_class Module""".split()  # noqa: SIM905
    assert [name for name in names if not callable(getattr(d2l, name, None))] == []
    with pytest.raises(AttributeError, match="no 'argmax'"):
        d2l.argmax  # noqa: B018


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
    assert timer.sum() == sum(timer.times)


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

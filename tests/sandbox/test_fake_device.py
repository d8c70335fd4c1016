"""The second device: the numbers of the CPU under the rules of CUDA.

A process that has the device keeps it, and a backward pass in it keeps the children that it forks
from theirs. So what is named `apart_` here is run by one test, in a process of its own.
"""

from __future__ import annotations

import copy
import io
import math
import os
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.utils import backend_registration
from torch.utils.checkpoint import checkpoint
from torch.utils.data import DataLoader, TensorDataset

from grader.sandbox.inside import fake_device

HOOK = "_setup_privateuseone_for_python_backend"
TWO_DEVICES = "Expected all tensors to be on the same device, but found at least two devices"


def test_the_device_keeps_its_promises() -> None:
    """In a process of its own, the device does all that the tests named apart_ say."""
    if not hasattr(backend_registration, HOOK):
        pytest.skip("needs PyTorch 2.10")
    options = ["-q", "-p", "no:cacheprovider", "-o", "python_functions=apart_*"]
    command = [sys.executable, "-m", "pytest", *options, str(Path(__file__))]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_registers_nothing() -> None:
    """Without install() the process knows no such device."""
    with pytest.raises(RuntimeError, match="fake"):
        torch.device("fake")


def test_an_older_pytorch_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyTorch has no hook for such devices, install() says which version has."""
    monkeypatch.delattr(backend_registration, HOOK, raising=False)
    with pytest.raises(RuntimeError, match=r"needs PyTorch 2\.10 or newer, not \d"):
        fake_device.install()


@pytest.fixture(autouse=True)
def _device(request: pytest.FixtureRequest) -> None:
    if request.function.__name__.startswith("apart_"):
        fake_device.install()


def sample(device: str) -> SimpleNamespace:
    """The same tensors on either device, and the same state of the generator."""
    torch.manual_seed(0)
    values = SimpleNamespace(
        x=torch.randn(4, 3).to(device),
        y=torch.randn(4, 3).to(device),
        v=torch.randn(6).to(device),
        labels=torch.tensor([0, 2, 1, 1]).to(device),
        images=torch.randn(2, 1, 8, 8).to(device),
        W=torch.randn(3, 3).to(device).requires_grad_(),
        device=device,
    )
    values.mask = values.x > 0
    return values


def leaves(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def assert_same(make: Callable[[SimpleNamespace], Any]) -> None:
    """What it makes on the device is there, and equals what it makes on the CPU."""
    expected, found = leaves(make(sample("cpu"))), leaves(make(sample("fake")))
    assert len(expected) == len(found)
    for mine, theirs in zip(expected, found):
        if not isinstance(mine, torch.Tensor):
            assert mine == theirs
            continue
        assert isinstance(theirs, torch.Tensor)
        assert theirs.device.type == "fake"
        assert (theirs.dtype, theirs.shape) == (mine.dtype, mine.shape)
        assert theirs.stride() == mine.stride()
        assert torch.equal(mine.detach(), theirs.detach().cpu())


def each(*cases: Callable[..., Any]) -> Any:
    return pytest.mark.parametrize("case", cases, ids=[str(n) for n in range(len(cases))])


@each(
    lambda t: (t.x + t.y, 2 - t.x, 2 / t.x, t.x**2, -t.x, t.x // 2, t.x % 2, abs(t.x)),
    lambda t: (t.x @ t.y.T, t.x.mm(t.W), torch.matmul(t.x, t.W), t.v @ t.v, torch.dot(t.v, t.v)),
    lambda t: (t.x.sum(), t.x.mean(0), t.x.std(1), t.x.sum(1, keepdim=True), t.x.prod()),
    lambda t: (t.x.argmax(1), t.x.max(), t.x.max(1), t.x.min(0, keepdim=True), t.x.amax(1)),
    lambda t: (t.x == t.y, t.mask & (t.y > 0), ~t.mask, t.mask.any(), t.mask.float().mean()),
    lambda t: (torch.cat([t.x, t.y]), torch.stack([t.x, t.y]), torch.vstack([t.x, t.y])),
    lambda t: (torch.where(t.mask, t.x, 0.0), torch.where(t.mask, t.x, t.y), t.x.clamp(0, 1)),
    lambda t: (torch.logsumexp(t.x, 1), t.x.softmax(1), t.x.exp().log(), t.x.cumsum(0)),
    lambda t: (t.x.sort(1), t.x.topk(2), t.x.argsort(), t.labels.unique(), t.x.norm()),
    lambda t: (torch.einsum("ij,kj->ik", t.x, t.y), torch.outer(t.v, t.v), torch.cdist(t.x, t.y)),
    lambda t: (t.x[0], t.x[1:3, -1], t.x[..., None], t.x[0, 0], t.x[-1][1], t.x[t.labels[0]]),
    lambda t: (t.x[[0, 2]], t.x[range(2)], t.x[np.array([0, 2])], t.x[[0, 1], [1, 2]]),
    lambda t: (t.x[t.mask], t.x[t.mask.cpu()], t.x[t.x.sum(1) > 0], t.x[torch.tensor([0, 2])]),
    lambda t: (t.x[range(4), t.labels], t.x[torch.arange(4), t.labels], t.x[t.labels[:2]]),
    lambda t: (t.x.gather(1, t.labels[:, None]), t.x.index_select(0, t.labels), t.mask.nonzero()),
    lambda t: torch.zeros_like(t.x).scatter_(1, t.labels[:, None], 1.0),
    lambda t: (functional.one_hot(t.labels), functional.one_hot(t.labels, 5), t.labels.bincount()),
    lambda t: (t.x.view(-1), t.x.reshape(3, 4), t.x.T, t.x.unsqueeze(0), t.x.repeat(2, 1)),
    lambda t: (t.x.split(2), list(t.x), t.x.expand(2, 4, 3), t.x.permute(1, 0).contiguous()),
    lambda t: (t.x.type(t.x.dtype), t.x.long(), t.x.double(), t.x.type(torch.int32), t.x.half()),
    lambda t: (t.x.argmax(1).type(t.labels.dtype) == t.labels).sum(),
    lambda t: (t.x.new_zeros(3), t.x.new_tensor([1, 2]), t.x.new_full((2,), 3.0), t.x.clone()),
    lambda t: (t.x.to(t.device), t.x.to(t.device, torch.float64), t.x.cpu().to(t.device)),
    lambda t: (t.x.to(t.y), t.x.to(t.device) is t.x, t.x.detach(), sum([t.x, t.y])),
)
def apart_operations_give_the_numbers_of_the_cpu(case: Callable[..., Any]) -> None:
    """An operation gives on the device what it gives on the CPU."""
    assert_same(case)


@each(
    lambda d: (torch.zeros(3, device=d), torch.ones(2, 2, device=d), torch.eye(3, device=d)),
    lambda d: (torch.arange(5, device=d), torch.full((2, 2), 7.0, device=d)),
    lambda d: (torch.empty(3, device=d).fill_(2), torch.linspace(0, 1, 5, device=d)),
    lambda d: (torch.tensor([1.0, 2.0], device=d), torch.tensor(3, device=d)),
    lambda d: (torch.tensor([[1], [2]], device=d, dtype=torch.float64), torch.tensor([], device=d)),
    lambda d: torch.tensor([torch.ones((), device=d), 2.0], device=d),
    lambda d: (torch.tensor(np.arange(3), device=d), torch.as_tensor(np.arange(3), device=d)),
    lambda d: (torch.as_tensor([1, 2], device=d), torch.asarray([1.0], device=d)),
    lambda d: (torch.from_numpy(np.arange(3.0)).to(d), torch.zeros(2).to(torch.device(d))),
    lambda d: (torch.rand(5, device=d), torch.randn(20, 3, device=d), torch.randperm(9, device=d)),
    lambda d: (torch.normal(0, 0.01, (4, 3), device=d), torch.randint(0, 9, (5,), device=d)),
    lambda d: torch.rand_like(torch.randn_like(torch.zeros_like(torch.ones(3, device=d)))),
    lambda d: (torch.bernoulli(torch.rand(9, device=d)), torch.rand(2, 3, device=d).multinomial(1)),
    lambda d: functional.dropout(torch.ones(99, device=d), 0.3),
    lambda d: (nn.Linear(3, 2, device=d).weight, nn.Linear(3, 2).to(d).bias),
    lambda d: nn.init.xavier_uniform_(nn.init.normal_(torch.zeros(3, 4, device=d), 0, 0.01)),
)
def apart_new_tensors_equal_those_of_the_cpu(case: Callable[..., Any]) -> None:
    """A tensor made on the device, at random too, is the one that the CPU makes for the seed."""
    assert_same(lambda t: case(t.device))


def apart_a_default_device_is_obeyed() -> None:
    """Where the device is the default, what names no device is made on it."""
    with torch.device("fake"):
        made = [torch.zeros(2), torch.tensor([1.0]), nn.Linear(2, 2).weight, torch.rand(3)]
    assert {tensor.device.type for tensor in made} == {"fake"}
    assert torch.zeros_like(made[0], device="cpu").device.type == "cpu"


def changed(*statements: str) -> Callable[[SimpleNamespace], Any]:
    def run(values: SimpleNamespace) -> Any:
        names = vars(values)
        for statement in statements:
            exec(statement, {"torch": torch}, names)
        return [names["x"], names["v"], names["W"]]

    return run


@pytest.mark.parametrize(
    "statement",
    [
        "x += y; x -= 0.5; x *= 2; x /= y",
        "before = x; x += 1; assert before is x",
        "assert x.add_(1) is x; x.clamp_(min=0); x.zero_()",
        "x[0] = 1.0; x[:, 1] = y[:, 0]; x[0, 1] = v[0]; x[...] += 3; x[1:] = y[1:]",
        "x[mask] = 0.0; x[y > 0] += 1; x[mask] = y[mask]; x[mask.cpu()] = 4",
        "x[labels] = y; x[[0, 1]] = y[:2]; x[range(4), labels] -= 1; x[torch.tensor([0, 2])] = 5",
        "x[0] = y[1].cpu(); x[1, 1] = torch.tensor(2.0); x.copy_(y.cpu())",
        "row = x[0]; row += 1; x.view(-1)[3] = 9; x.T.zero_()",
        "first, second = x.split(2); first.zero_(); x.detach()[2] = 1",
        "x.normal_(); v.uniform_(0, 1); x.squeeze_(); x.t_(); x.unsqueeze_(0)",
        "v.resize_(2, 2).t_(); torch.add(x, y, out=y); assert torch.mul(x, y, out=x) is x",
        "torch.cat([x, y], out=v.resize_(0))",
        "W.data -= 0.1; W.data.normal_(); W.data[0] = 1; W.data = W.data * 2; W.data += x[:3]",
        "W.data = x; W.data[0] = 1.0",
        "with torch.no_grad(): W -= 1; W[0] = 2; W.copy_(x[:3].cpu())",
    ],
)
def apart_changes_in_place_are_those_of_the_cpu(statement: str) -> None:
    """What changes a tensor in place, or through a view or .data, changes it as on the CPU."""
    assert_same(changed(statement))


def apart_plain_values_are_read() -> None:
    """Numbers, lists and texts are made of a tensor of the device as of one of the CPU."""
    x = torch.tensor([1.5, 2.0], device="fake")
    assert (x[0].item(), x.tolist(), float(x[0]), int(x[1]), bool(x[0] > 1)) == (
        (1.5, [1.5, 2.0], 1.5, 2, True)
    )
    assert (len(x), [float(item) for item in x], math.sqrt(x[1] * 2)) == (2, [1.5, 2.0], 2.0)
    assert ([5, 6, 7][x.long()[1]], 2.0 in x, 3.0 in x, x.shape) == (7, True, False, (2,))
    assert (f"{x[0]:.3f}", f"{x[0]}", f"{x.sum():5.1f}") == ("1.500", "1.5", "  3.5")
    assert np.mean([item.item() for item in x]) == 1.75
    assert torch.equal(x, x.clone())
    assert torch.allclose(x, x + 1e-9)


def apart_it_is_a_tensor_on_its_device() -> None:
    """A tensor of the device is a torch.Tensor, has the device, and is a key by identity."""
    x = torch.ones(2).to("fake")
    assert isinstance(x, torch.Tensor)
    assert torch.is_tensor(x)
    assert (x.device.type, x.device.index, x.is_cpu, x.is_leaf) == ("fake", 0, False, True)
    assert x.device == torch.device("fake:0") == torch.zeros(1, device="fake").device
    assert {x: "it"}[x] == "it"
    assert x.clone() not in {x: "it"}


def apart_printing_names_the_device() -> None:
    """The text of a tensor says its device, and its part in autograd as that of any tensor."""
    x = torch.ones(1, device="fake")
    assert repr(x) == "tensor([1.], device='fake:0')"
    x.requires_grad_()
    assert str(x) == "tensor([1.], device='fake:0', requires_grad=True)"
    assert f"{x * 2}" == "tensor([2.], device='fake:0', grad_fn=<MulBackward0>)"
    assert repr(nn.Parameter(x)) == f"Parameter containing:\n{x}"


@each(
    lambda here, cpu: here + cpu,
    lambda here, cpu: cpu * here,
    lambda here, cpu: cpu @ here.T,
    lambda here, cpu: cpu + here[0, 0],
    lambda here, cpu: here == cpu,
    lambda here, cpu: here.add_(cpu),
    lambda here, cpu: cpu.add_(here),
    lambda here, cpu: torch.cat([here, cpu]),
    lambda here, cpu: torch.stack([here[0, 0], cpu[0, 0]]),
    lambda here, cpu: torch.where(cpu > 0, here, here),
    lambda here, cpu: torch.equal(here, cpu),
    lambda here, cpu: torch.zeros(()).add_(here.sum()),
    lambda here, cpu: here.gather(1, torch.tensor([[0]])),
    lambda here, cpu: here.__setitem__(here > 0, cpu.view(-1)),
    lambda here, cpu: functional.mse_loss(here, cpu),
    lambda here, cpu: functional.cross_entropy(here, torch.tensor([0, 1, 1])),
    lambda here, cpu: nn.Linear(2, 1)(here),
    lambda here, cpu: nn.Linear(2, 1).to("fake")(cpu),
    lambda here, cpu: nn.Sequential(nn.Linear(2, 2).to("fake"), nn.Linear(2, 1))(here),
    lambda here, cpu: (here.requires_grad_() * here).backward(cpu),
)
def apart_a_tensor_of_the_cpu_may_not_meet_it(case: Callable[..., Any]) -> None:
    """An operation on tensors of both devices raises the error of CUDA."""
    with pytest.raises(RuntimeError, match=TWO_DEVICES):
        case(torch.ones(3, 2, device="fake"), torch.ones(3, 2))


def apart_a_number_of_the_cpu_may_meet_it() -> None:
    """A CPU tensor without dimensions takes part in what is computed on the device."""
    x, two = torch.ones(3, device="fake"), torch.tensor(2.0)
    for made in (x + two, two + x, torch.where(x > 0, two, x), x.clone().mul_(two).sum() - 4 + two):
        assert made.device.type == "fake"
        assert float(made.max()) in (1.0, 2.0, 3.0, 4.0)


def apart_only_indices_of_the_cpu_are_taken() -> None:
    """An index of the device is refused by a CPU tensor, unless it is a single number."""
    x, index = torch.arange(3.0), torch.tensor([0, 1]).to("fake")
    assert x[index[1]] == 1
    for refused in (index, index > 0, (index,)):
        with pytest.raises(RuntimeError, match="indices should be either on cpu or on the same"):
            x[refused]
    with pytest.raises(RuntimeError, match="indices should be either on cpu or on the same"):
        x[index] = 0


def apart_numpy_takes_a_copy_only() -> None:
    """NumPy reads a tensor of the device only when that was moved to the CPU."""
    x = torch.ones(2, device="fake", requires_grad=True)
    for read in (x.numpy, x.detach().numpy, lambda: np.asarray(x), lambda: np.array([x, x])):
        with pytest.raises(TypeError, match=r"can't convert fake:0 device type tensor to numpy\."):
            read()
    assert x.detach().cpu().numpy().tolist() == [1, 1]
    assert x.numpy(force=True).tolist() == [1, 1]


def apart_generators_have_a_device() -> None:
    """Random numbers are drawn with a generator of their own device, and equal those of the CPU."""
    theirs, ours = torch.Generator().manual_seed(3), torch.Generator(device="fake").manual_seed(3)
    assert (theirs.device.type, ours.device.type) == ("cpu", "fake")
    expected = torch.rand(4, generator=theirs)
    assert torch.equal(torch.rand(4, device="fake", generator=ours).cpu(), expected)
    for draw in (
        lambda: torch.rand(4, device="fake", generator=theirs),
        lambda: torch.randperm(4, device="fake", generator=theirs),
        lambda: torch.ones(4, device="fake").normal_(generator=theirs),
    ):
        with pytest.raises(RuntimeError, match="Expected a 'fake' device type for generator but"):
            draw()


def trained(W: torch.Tensor, loss: torch.Tensor) -> list[Any]:
    loss.backward()
    return [loss, W.grad, W.requires_grad, W.is_leaf]


def edited(t: SimpleNamespace) -> torch.Tensor:
    y = t.W * 2
    y[0] = 0
    y[t.mask[:3]] += 1
    row = y[1]
    row *= 3
    return (y * y).sum()


def data_changed(t: SimpleNamespace) -> torch.Tensor:
    loss = (t.W * t.W).sum()
    t.W.data -= 0.1
    return loss


@each(
    lambda t: (t.x @ t.W).relu().sum(),
    lambda t: functional.cross_entropy(t.x @ t.W, t.labels),
    lambda t: functional.nll_loss((t.x @ t.W).log_softmax(1), t.labels),
    lambda t: functional.mse_loss(t.x @ t.W, t.y),
    lambda t: functional.dropout(functional.leaky_relu(t.x @ t.W), 0.5).sum(),
    lambda t: (t.W[[0, 1]] * t.W[t.labels[:2]] + t.W[torch.tensor([0, 2])]).sum(),
    lambda t: (t.x @ t.W)[range(4), t.labels].exp().sum().log(),
    lambda t: functional.max_pool2d(functional.conv2d(t.images, t.W[None, None]), 2).sum(),
    lambda t: nn.BatchNorm1d(3).to(t.device)(t.x @ t.W).square().sum(),
    edited,
    data_changed,
)
def apart_gradients_are_those_of_the_cpu(case: Callable[..., Any]) -> None:
    """A backward pass on the device gives the gradients of the CPU, on the device."""
    assert_same(lambda t: trained(t.W, case(t)))


def apart_gradients_are_handled_as_ever() -> None:
    """Gradients add up, are zeroed, dropped, asked for, refused, and cross devices."""
    W = torch.ones(2, device="fake", requires_grad=True)
    (W * 2).sum().backward()
    (W * 3).sum().backward()
    assert W.grad.tolist() == [5, 5]
    W.grad.zero_()
    assert W.grad.tolist() == [0, 0]
    W.grad = None
    (first,) = torch.autograd.grad((W**3).sum(), W, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), W)
    assert (first.tolist(), second.tolist(), W.grad) == ([3, 3], [6, 6], None)
    with torch.no_grad():
        assert not (W * 2).requires_grad
    theirs = torch.ones(2, requires_grad=True)
    (theirs.to("fake") * W).sum().backward(torch.tensor(1.0))
    assert (theirs.grad.device.type, W.grad.device.type) == ("cpu", "fake")
    with pytest.raises(RuntimeError, match="same device"):
        W.grad = torch.ones(2)


def apart_inference_mode_works() -> None:
    """In inference mode operations, views and new tensors are as ever."""
    x = torch.ones(2, 3, device="fake")
    with torch.inference_mode():
        made = [x * 2, x[0], x.view(-1), (x * 2)[0] + torch.ones(3, device="fake"), x.argmax(1)]
    assert [float(tensor.sum()) for tensor in made] == [12, 3, 6, 9, 0]


def apart_a_parameter_stays_one() -> None:
    """A parameter made of a tensor of the device, or moved to it, is a parameter and a leaf."""
    net = nn.Linear(2, 2)
    for parameter in (nn.Parameter(torch.ones(2, device="fake")), net.to("fake").weight):
        for same in (parameter, copy.deepcopy(parameter), copy.copy(parameter)):
            assert isinstance(same, nn.Parameter)
            assert (same.is_leaf, same.requires_grad, same.device.type) == (True, True, "fake")


OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, 0.1),
    "momentum": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, weight_decay=0.1, foreach=True),
    "adam": lambda p: torch.optim.Adam(p, 0.1),
    "adam foreach": lambda p: torch.optim.Adam(p, 0.1, foreach=True),
    "adamw": lambda p: torch.optim.AdamW(p, 0.1, fused=True),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
@pytest.mark.parametrize("early", [False, True], ids=["moved first", "optimizer first"])
def apart_training_ends_as_on_the_cpu(optimizer: Callable[..., Any], early: bool) -> None:
    """A network trains on the device to the very numbers of the CPU, also where the optimizer was
    given its parameters before it was moved."""

    def train(t: SimpleNamespace) -> list[Any]:
        first = [nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 4)]
        net = nn.Sequential(*first, nn.BatchNorm1d(4), nn.Dropout(0.3), nn.Linear(4, 2))
        if not early:
            net.to(t.device)
        steps = optimizer(net.parameters())
        net.to(t.device)
        for _ in range(3):
            loss = functional.cross_entropy(net(t.images), t.labels[:2] // 2)
            steps.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            steps.step()
        return [*net.parameters(), *net.buffers(), net.eval()(t.images)]

    assert_same(train)


def apart_a_module_moves_with_its_gradients() -> None:
    """A module goes to the device and back with the same parameters, while a loss holds them."""
    net = nn.Linear(3, 1)
    names = [id(parameter) for parameter in net.parameters()]
    for device in ("fake", "cpu", "fake"):
        loss = net(torch.ones(2, 3, device=net.weight.device)).sum()
        loss.backward()
        net.to(device)
        assert [id(parameter) for parameter in net.parameters()] == names
        assert (net.weight.device.type, net.weight.grad.device.type) == (device, device)
    assert net.weight.grad.tolist() == [[6, 6, 6]]
    assert loss.device.type == "cpu"


@each(
    lambda W: torch.utils.swap_tensors(W, W.detach().to("fake").requires_grad_()),
    lambda W: setattr(W, "data", W.data.to("fake")),
)
def apart_a_tensor_moves_under_all_its_names(case: Callable[..., Any]) -> None:
    """A tensor is moved itself, so that a list of parameters has it moved."""
    W = torch.ones(2, requires_grad=True)
    parameters = [W]
    case(W)
    (parameters[0] * 2).sum().backward()
    assert (W.device.type, W.is_leaf, W.requires_grad) == ("fake", True, True)
    assert W.grad.tolist() == [2, 2]


def apart_a_state_crosses_devices_and_files() -> None:
    """The state of a network is saved, loaded, and put into one of the other device."""
    ours, theirs = nn.Linear(3, 2).to("fake"), nn.Linear(3, 2)
    file = io.BytesIO()
    torch.save(ours.state_dict(), file)
    file.seek(0)
    state = torch.load(file)
    assert {tensor.device.type for tensor in state.values()} == {"fake"}
    theirs.load_state_dict(state)
    assert theirs.weight.tolist() == ours.weight.tolist()
    ours.load_state_dict({name: tensor + 1 for name, tensor in theirs.state_dict().items()})
    assert ours.weight.tolist() == (theirs.weight + 1).tolist()
    assert ours.weight.device.type == "fake"


def apart_copies_are_deep_or_not() -> None:
    """A deep copy and a pickle have numbers of their own, a shallow copy shares them."""
    x = torch.ones(2, device="fake")
    deep, pickled, shallow = copy.deepcopy(x), pickle.loads(pickle.dumps(x)), copy.copy(x)
    x += 1
    assert [deep.tolist(), pickled.tolist(), shallow.tolist()] == [[1, 1], [1, 1], [2, 2]]
    assert {made.device.type for made in (deep, pickled, shallow)} == {"fake"}
    net = nn.Linear(2, 1).to("fake")
    other = copy.deepcopy(net)
    other.weight.data.zero_()
    assert net.weight.abs().sum() > 0


@pytest.mark.filterwarnings("ignore:The argument 'device' of Tensor:DeprecationWarning")
@pytest.mark.parametrize("place", ["cpu", "fake"])
@pytest.mark.parametrize("pinned", [False, True], ids=["", "pinned"])
def apart_batches_are_those_of_the_cpu(place: str, pinned: bool) -> None:
    """A loader gives the same batches of tensors of the device, or of the CPU to be moved."""

    def batches(t: SimpleNamespace) -> list[Any]:
        there = place if t.device == "fake" else "cpu"
        data = TensorDataset(t.x.to(there), t.labels.to(there))
        loader = DataLoader(data, 3, shuffle=True, pin_memory=pinned and there == "cpu")
        return [(images.to(t.device), labels.to(t.device)) for images, labels in loader]

    assert_same(batches)


def apart_the_cpu_stays_as_it_was() -> None:
    """With the device installed, twice over, tensors and generators of the CPU are plain ones."""
    fake_device.install()
    W = torch.ones(2, requires_grad=True)
    assert type(W.to("fake").cpu()) is type(W.data) is type(torch.tensor([1.0])) is torch.Tensor
    W.data = torch.zeros(3)
    assert (W.shape, W.data.requires_grad, W.is_leaf) == ((3,), False, True)
    assert type(torch.Generator()) is type(torch.default_generator)
    assert isinstance(torch.default_generator, torch.Generator)
    assert type(nn.Linear(2, 2).double().weight) is nn.Parameter
    assert nn.Linear(2, 2).to("meta").weight.is_meta
    with pytest.raises(RuntimeError, match="incompatible tensor type"):
        W.data = torch.ones(3, device="meta")
    checkpoint(torch.exp, W, use_reentrant=False).sum().backward()
    assert W.grad.tolist() == [1, 1, 1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def apart_a_child_of_a_backward_pass_has_none() -> None:
    """After a backward pass, a forked process can't run one, as with CUDA."""
    torch.ones(2, device="fake", requires_grad=True).sum().backward()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of newer Pythons, that it has threads
        child = os.fork()
    if child == 0:
        try:
            torch.ones(2, device="fake", requires_grad=True).sum().backward()
        except RuntimeError as error:
            os._exit(7 if "fork-based multiprocessing" in str(error) else 1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7

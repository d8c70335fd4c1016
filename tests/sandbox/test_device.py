"""A submission on a device other than the processor: moved as it is, put back between checks."""

from __future__ import annotations

import pytest
import torch
from in_boxes import confined, gaps

from grader.errors import InfrastructureError, StudentError
from grader.sandbox.host import Host
from grader.sandbox.isolation.plans import Limits
from grader.sandbox.notes import sentence
from grader.sandbox.sandbox import Sandbox, Source
from grader.sandbox.trials import require_device

PROGRAM = """
import os
import torch

W = torch.ones(2, 2, requires_grad=True)
b = torch.zeros(2, requires_grad=True)
params = [W, b]
table = {"rows": (torch.arange(3), [torch.ones(1)])}
waiting = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.LazyLinear(10))
net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
trainer = torch.optim.SGD(net.parameters(), lr=0.1)
total = (W * 2).sum()
nothing = total.backward()

class Model:
    steps = 0
    def __init__(self):
        self.weight = torch.ones(3)

model = Model()
calls = []
process = os.urandom(8).hex()

def places():
    assert nothing is None  # the training is needed for it
    tensors = [W, b, *params, *table["rows"][1], table["rows"][0], model.weight, W.grad]
    tensors += [*net.parameters(), *net.buffers(), *trainer.param_groups[0]["params"]]
    return sorted({tensor.device.type for tensor in tensors})

def is_the_same():
    return params[0] is W and trainer.param_groups[0]["params"][0] is net[0].weight

def step(X):
    net(X).sum().backward()
    trainer.step()
    with torch.no_grad():
        W.sub_(1)
    return net[0].weight.device.type

def make_net():
    return torch.nn.Linear(2, 1)

def device_of_new():
    return next(make_net().parameters()).device.type

def spoil():
    global b
    b = None
    Model.steps = 7
    Model.more = 1
    calls.append(1)
    with torch.no_grad():
        W.fill_(5)
    W.grad = None

def state():
    return b is None, Model.steps, hasattr(Model, "more"), W.sum().item(), len(calls), process

def lacks():
    return torch.ones(2, 2, dtype=torch.bool) @ torch.ones(2, 2, dtype=torch.bool)

def move(device):
    return torch.ones(2, device=device).device.type

def fill(device):
    raise RuntimeError("CUDA out of memory. Tried to allocate 30 GiB.")

def gpus():
    return os.environ.get("CUDA_VISIBLE_DEVICES", "all of them")
"""
PLAIN = (
    "places",
    "is_the_same",
    "step",
    "make_net",
    "device_of_new",
    "spoil",
    "state",
    "gpus",
    "lacks",
)
STUBS = {name: [] for name in PLAIN} | {"step": ["X"], "move": ["device"], "fill": ["device"]}
CONTRACT = {
    "stubs": {n: {"parameters": taken, "aliases": []} for n, taken in STUBS.items()},
    "spellings": {},
    "names": {},
}


@pytest.fixture(scope="module")
def sandbox():
    """The program, loaded on the fake device."""
    level = "namespaces" if not gaps("namespaces") else "process"
    source = Source([("hw.py", PROGRAM, 1)], {}, {}, CONTRACT, "fake")
    with Host(level, None, "fake") as host, Sandbox(source, host, 60) as sandbox:
        sandbox.load()
        assert sandbox.notes == []
        yield sandbox


def opened(sandbox, stub="", **options):
    return sandbox.open_check(30, 30, 1, stub, **options)


def test_what_the_top_level_made_is_moved_as_it_is(sandbox):
    """Tensors in names, containers, networks, objects and gradients are on the device, and are the
    objects that they were: a list of them and an optimizer hold the moved ones."""
    with opened(sandbox, "places") as submission:
        assert submission.places() == ["fake"]
        assert submission.is_the_same() is True
        assert submission.step(torch.ones(4, 2)) == "fake"


def test_what_a_stub_makes_is_moved(sandbox):
    """A network that a stub returns meets the check's tensors; inside student code it is as the
    text says."""
    with opened(sandbox, "make_net") as submission:
        result = submission.make_net()(torch.ones(3, 2))
        assert result.shape == (3, 1)
        assert submission.device_of_new() == "cpu"


def test_checks_share_a_process_that_is_put_back(sandbox):
    """Module values, classes and parameters are as after loading; what cannot be put back stays,
    and a check that fails then is in doubt."""
    with opened(sandbox, "state") as submission:
        before = submission.state()
        submission.spoil()
        submission.bind(W=torch.zeros(1))
    with opened(sandbox, "state") as submission:
        after = submission.state()
    with opened(sandbox, "another") as submission:
        other = submission.state()

    assert before[:5] == (False, 0, False, 4.0, 0)
    assert after[:5] == (False, 0, False, 4.0, 1)
    assert other == after
    assert after[5] == before[5]
    assert sandbox.in_doubt


def test_a_doubt_is_settled_on_the_processor(sandbox):
    """A check that failed on the device gets a fresh copy on the processor, to which no GPU is
    shown; that of a stub whose text asks for a device, a fresh one on the device."""
    with opened(sandbox, "places", alone=True) as submission:
        assert submission.places() == ["cpu"]
        assert submission.gpus() == ""
        assert not sandbox.in_doubt
    with opened(sandbox, "move", alone=True) as submission:
        assert submission.move("fake") == "fake"
        assert submission.places() == ["fake"]
        assert not sandbox.in_doubt


def test_a_training_has_a_process_beside_those_of_the_checks(sandbox):
    """It goes on while checks of other stubs come and go."""
    with opened(sandbox) as training:
        training.spoil()
        with opened(sandbox, "state") as check:
            assert check.state()[5] != training.state()[5]
        with opened(sandbox, "make_net") as check:
            assert check.device_of_new() == "cpu"
        assert training.state()[4] == 1


def test_what_a_type_does_not_have_is_not_taken_for_unwritten(sandbox):
    """PyTorch says NotImplementedError too; that is the code's, and may be the device's."""
    with opened(sandbox, "lacks") as submission, pytest.raises(StudentError):
        submission.lacks()


def test_a_submission_that_cannot_be_loaded_on_a_device_runs_on_the_processor(monkeypatch):
    """Its record says so; nothing is left out for it."""
    level = "namespaces" if not gaps("namespaces") else "process"
    source = Source(
        [("hw.py", "import torch\nx = torch.ones(2)\ndef places():\n    return x.device.type", 1)],
        {},
        {},
        CONTRACT,
        "cuda",
    )
    if torch.cuda.is_available():
        pytest.skip("here it can")
    with Host(level, None, "cuda") as host, Sandbox(source, host, 60) as sandbox:
        sandbox.load()
        (note,) = map(sentence, sandbox.notes)
        assert note.startswith("it cannot be loaded on cuda and runs on the processor")
        with opened(sandbox, "places") as submission:
            assert submission.places() == "cpu"


class Card:
    """Stands for a GPU's memory: how much is free, and how much of it the submission holds."""

    def __init__(self, free, own):
        self._free, self._own = free, own

    def total(self):
        return 16 << 30

    def free(self):
        return self._free

    def used_by(self, pids):
        return self._own


@pytest.mark.parametrize(
    ("free", "event"), [(1 << 30, InfrastructureError), (12 << 30, StudentError)]
)
def test_a_card_that_others_have_filled_is_no_mistake(sandbox, monkeypatch, free, event):
    """Out of memory is the submission's fault only where the card could have given it all that it
    may take."""
    monkeypatch.setattr(sandbox.host, "_gpu", Card(free, None))

    with pytest.raises(event), opened(sandbox, "fill", alone=True) as submission:
        submission.fill("cuda")


def test_a_submission_that_takes_the_card_is_ended(sandbox, monkeypatch):
    """What its processes hold of the GPU's memory is watched from outside."""
    monkeypatch.setattr(sandbox.host, "_gpu", Card(1 << 30, 7 << 30))

    with pytest.raises(Exception, match="more than 6 GiB of the GPU's memory"):
        sandbox.host._watch()


@confined
def test_a_box_that_cannot_use_a_device_is_a_fault_of_the_machine(level):
    """No student loses a point to it: the grading ends before the first submission."""
    if gaps(level):
        pytest.skip(f"{level}: {gaps(level)[0]}")
    with Host(level, None, "cuda", Limits()) as host:
        if torch.cuda.is_available():
            require_device(host)
        else:
            with pytest.raises(InfrastructureError, match=r"cannot use the device cuda: .*NVIDIA"):
                require_device(host)

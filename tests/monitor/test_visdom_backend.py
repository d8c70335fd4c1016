"""The windows of a real Visdom server, and what becomes of a training when it goes."""

from __future__ import annotations

import functools
import json
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch

from grader.course.templates import to_notebook
from grader.monitor import Monitor
from tests.conftest import ROOT
from tests.monitor.servers import free_port, silent, train, visdom_served

visdom = pytest.importorskip("visdom")


def windows(address: str) -> dict:
    """All windows of a server, as its own client reads them."""
    host, _colon, port = address.rpartition(":")
    client = visdom.Visdom(host, port=int(port), send=False, use_incoming_socket=False)
    client.send = True
    found = client.get_window_data(win=None, env="main")
    return json.loads(found)


def test_the_server_has_the_curve_that_was_trained(tmp_path):
    """The windows of document 002, with every loss in its place."""
    said: list[str] = []
    with visdom_served(tmp_path) as server:
        with Monitor(f"visdom:{server.address}", say=said.append) as monitor:
            losses = train(monitor)
        found = windows(server.address)

    (curve,) = found["train_loss"]["content"]["data"]
    assert curve["x"] == list(range(1, 41))
    assert curve["y"] == pytest.approx(losses)
    assert losses[-1] < losses[0]
    names = [line["name"] for line in found["test"]["content"]["data"]]
    assert (names, found["test"]["title"]) == (["loss", "acc."], "test loss&acc.")
    assert found["x"]["content"]["src"].startswith("data:image/")
    assert found["pred"]["content"].startswith("[")
    assert said == []


# Tensors are asked by matplotlib for what NumPy 2 has and PyTorch not yet.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive:UserWarning")
@pytest.mark.slow
def test_the_notebook_of_mlp_fills_its_windows(tmp_path, monkeypatch):
    """Its own cells, on few images: the curves are the losses that its training returned."""
    monkeypatch.setenv("MPLBACKEND", "Agg")
    with visdom_served(tmp_path) as server:
        given = {
            "load_data_mnist": lambda batch_size: (batches(0), batches(1)),
            "Monitor": functools.partial(Monitor, f"visdom:{server.address}"),
        }
        notebook = run_until("history", ROOT / "solutions/mlp/solution.py", given)
        found = windows(server.address)

    train_losses, test_losses, accuracies = zip(*notebook["history"], strict=True)
    (curve,) = found["train_loss"]["content"]["data"]
    assert curve["x"] == list(range(1, 26))
    means = torch.tensor(curve["y"]).reshape(5, 5).mean(dim=1)  # of each epoch
    assert means.tolist() == pytest.approx(train_losses, rel=1e-4)
    assert train_losses[-1] < train_losses[0]
    loss, acc = found["test"]["content"]["data"]
    assert (loss["name"], acc["name"]) == ("loss", "acc.")
    assert found["test"]["content"]["layout"]["showlegend"]
    assert loss["y"] == pytest.approx(test_losses)
    assert acc["y"] == pytest.approx(accuracies)
    images, _labels = next(iter(notebook["test_loader"]))
    device = notebook["device"]
    predicted = notebook["net"](images[:12].flatten(1).to(device)).argmax(dim=1)
    assert found["x"]["content"]["src"].startswith("data:image/")
    assert found["pred"]["content"] == str(predicted.tolist())


def batches(seed: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Five batches of 16 images in the place of MNIST; their digits can be learnt."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(80) % 10
    images = torch.rand(80, 1, 28, 28, generator=generator)
    images[torch.arange(80), 0, 2 * labels] = 3
    return list(zip(images.split(16), labels.split(16), strict=True))


def run_until(name: str, notebook: Path, given: dict[str, Any]) -> dict[str, Any]:
    """Run the cells of a notebook until one has defined a name; return all names. What a cell
    defines of `given` is replaced by that."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in nbformat.reads(to_notebook(notebook.read_text("utf-8")), 4).cells:
        if cell.cell_type == "code" and name not in names:
            exec(cell.source, names)  # no file of a stranger
            names.update({one: given[one] for one in given.keys() & names.keys()})
    return names


def test_a_server_that_is_killed_is_spoken_of_once(tmp_path):
    """The training goes on; another backend has all of it."""
    said: list[str] = []
    rows = tmp_path / "run.csv"
    with visdom_served(tmp_path) as server:
        monitor = Monitor(f"visdom:{server.address}", f"csv:{rows}", say=said.append)
        train(monitor, 5)
        server.kill()
        losses = train(monitor)
        monitor.close()

    assert len(said) == 1
    assert "python -m visdom.server" in said[0]
    assert len(rows.read_text().splitlines()) == 1 + (5 + 2) + (len(losses) + 2)


def test_a_server_that_is_not_there_is_spoken_of_once():
    """With the command that starts one."""
    said: list[str] = []
    with Monitor(f"visdom:http://127.0.0.1:{free_port()}", say=said.append) as monitor:
        train(monitor)

    assert len(said) == 1
    assert "The training goes on without it." in said[0]


@pytest.mark.slow
def test_a_server_that_never_answers_holds_nothing_up():
    """Reporting does not wait for it, and the end of the training does so for seconds."""
    said: list[str] = []
    with silent() as address:
        monitor = Monitor(f"visdom:{address}", say=said.append)
        for _again in range(100):
            train(monitor)
        started = time.monotonic()
        monitor.close()

    assert time.monotonic() - started < 30
    assert len(said) == 1


@pytest.mark.parametrize("place", ["http://:1", "host:99999", "host:port"])
def test_an_address_that_is_none_is_said(place):
    """With one that is."""
    said: list[str] = []
    Monitor(f"visdom:{place}", say=said.append).close()
    assert "visdom:http://localhost:8097" in said[0]

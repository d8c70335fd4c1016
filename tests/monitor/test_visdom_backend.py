"""The windows of a real Visdom server, and what becomes of a training when it goes."""

from __future__ import annotations

import json
import time

import pytest

from grader.monitor import Monitor
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

"""Servers on the loopback that a monitor talks to, and a training that it watches."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from grader.monitor import Monitor

# `python -m visdom.server` does the same after it has tried to download what its page shows.
SERVER = "from visdom.server.run_server import main; main()"
SECONDS = 30  # for a server to come up


@dataclass
class Server:
    """A server that runs: its address and its process."""

    address: str
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()
        self.process.wait()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def served(command: list[str], port: int) -> Iterator[Server]:
    """A program that answers at a port of the loopback, and ends afterwards."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = Server(f"http://127.0.0.1:{port}", process)
    try:
        deadline = time.monotonic() + SECONDS
        while not _answers(server.address):
            assert process.poll() is None, command
            assert time.monotonic() < deadline, command
            time.sleep(0.1)
        yield server
    finally:
        server.kill()


@contextlib.contextmanager
def visdom_served(folder: Path) -> Iterator[Server]:
    """A server of Visdom that keeps its windows in a folder."""
    port = free_port()
    options = ["-port", str(port), "-bind_local", "-env_path", str(folder)]
    with served([sys.executable, "-c", SERVER, *options], port) as server:
        yield server


@contextlib.contextmanager
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def train(monitor: Monitor, steps: int = 40) -> list[float]:
    """Train a small network, report as the notebook of mlp does, and return its losses."""
    generator = torch.Generator().manual_seed(0)
    images = torch.rand(64, 1, 8, 8, generator=generator)
    labels = (images.flatten(1) @ torch.randn(64, 10, generator=generator)).argmax(1)
    W = torch.zeros(64, 10, requires_grad=True)
    monitor.axes("test", title="test loss&acc.", legend={"acc": "acc."})
    losses = []
    for step in range(1, steps + 1):
        scores = images.flatten(1) @ W
        loss = torch.nn.functional.cross_entropy(scores, labels)
        (gradient,) = torch.autograd.grad(loss, W)
        W = (W - 0.5 * gradient).detach().requires_grad_()
        losses.append(loss.item())
        monitor.line(step, "train_loss", loss=loss)
    predicted = scores.argmax(1)
    monitor.line(steps, "test", loss=losses[-1], acc=(predicted == labels).float().mean())
    monitor.images(images, labels, predicted)
    monitor.text(predicted.tolist())
    return losses


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except urllib.error.HTTPError:  # its page needs what it has not downloaded
        return True
    except OSError:
        return False

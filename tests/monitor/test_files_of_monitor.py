"""What a training leaves in files: for TensorBoard, as CSV, as JSON."""

from __future__ import annotations

import csv
import json

import pytest
import torch

from grader.errors import UsageError
from grader.monitor import Monitor
from grader.monitor.backend import Point
from tests.monitor.servers import train


def test_tensorboard_reads_the_curve_that_was_trained(tmp_path):
    """By its own loader: every loss, the images and the text."""
    accumulators = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator", exc_type=ImportError
    )
    with Monitor(f"tensorboard:{tmp_path}") as monitor:
        losses = train(monitor)

    events = accumulators.EventAccumulator(str(tmp_path)).Reload()
    scalars = events.Scalars("train_loss/loss")
    assert [one.step for one in scalars] == list(range(1, 41))
    assert [one.value for one in scalars] == pytest.approx(losses)
    assert events.Tags()["scalars"] == ["train_loss/loss", "test/loss", "test/acc."]
    assert events.Tags()["images"] == ["x"]


def test_runs_of_tensorboard_stay_in_its_folder(tmp_path):
    """A student's name may be a path."""
    with Monitor(f"tensorboard:{tmp_path / 'tb'}") as monitor:
        monitor.points(
            [Point("w", "", 1, 0.5, "../../evil", (0.4, 0.6)), Point("w", "", 1, 1, "b")]
        )
        monitor.ended("b")

    assert {path.name for path in tmp_path.iterdir()} == {"tb"}
    names = {path.name for path in (tmp_path / "tb").iterdir() if path.is_dir()}
    assert names == {"______evil", "b", "usual, from", "usual, to"}


def test_rows_and_lines_hold_each_point(tmp_path):
    """Several backends at once; no cell is a formula, and what is not finite is null."""
    with Monitor(f"csv:{tmp_path / 'a.csv'}", f"json:{tmp_path / 'a.json'}") as monitor:
        monitor.epoch(1, loss=torch.tensor(0.5), acc=0.75)
        monitor.points([Point("w", "", 2, float("nan"), "=1+1", (0, 1))])

    rows = list(csv.DictReader((tmp_path / "a.csv").read_text().splitlines()))
    lines = [json.loads(line) for line in (tmp_path / "a.json").read_text().splitlines()]
    assert [(row["line"], row["value"]) for row in rows[:2]] == [("loss", "0.5"), ("acc", "0.75")]
    assert rows[2]["run"] == "'=1+1"
    assert lines[0] == {"window": "epochs", "line": "loss", "step": 1.0, "value": 0.5}
    assert lines[2]["value"] is None


def test_what_cannot_be_had_is_said_once(tmp_path):
    """A folder that is not there, a value that is no number, a batch of another shape."""
    said: list[str] = []
    with Monitor(f"csv:{tmp_path}/none/a.csv", "json:", say=said.append) as monitor:
        monitor.line(1, loss=0.5)
    with Monitor(f"json:{tmp_path}/a.json", say=said.append) as monitor:
        for step in (1, 2):
            monitor.line(step, loss="high")
            monitor.images(torch.zeros(3, 5))

    assert len(said) == 4
    assert all(
        part in text for part, text in zip(("none", "json:run.json", "loss", "(3, 5)"), said)
    )


def test_a_backend_that_there_is_not_is_an_error():
    """It is a slip of the pen: the names are told."""
    with pytest.raises(UsageError, match="choose one of csv, json, notebook, tensorboard"):
        Monitor("vizdom")

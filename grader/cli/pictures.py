"""Examples of public test splits that models took for something else."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from grader.checking.results import MOST_MISTAKES
from grader.course import datasets
from grader.course.datasets import Dataset
from grader.errors import DatasetError
from grader.grading.records import DatasetUsed, Record
from grader.reports.pages.figures import MOST_BYTES
from grader.reports.pages.work import Picture

SIDES = (168, 126, 84, 56, 42, 28)  # of an image that is made smaller, the longer one


def classes_of(record: Record) -> tuple[str, ...]:
    """The names of the classes of the data that a record is about; none where they are not known
    here."""
    if record.dataset is None:
        return ()
    try:
        return datasets.spec_of(record.dataset.name).classes
    except DatasetError:
        return ()


def pictures_of(record: Record) -> list[Picture]:
    """The examples that the first model with mistakes took for something else; none where the data
    that it was judged on are not on this machine."""
    wrong = (check.predictions.mistakes for check in record.checks if check.predictions)
    mistakes = next(filter(None, wrong), [])[:MOST_MISTAKES]
    split = _public_split(record.dataset) if record.dataset and mistakes else None
    if split is None:
        return []
    found, examples, labels = split
    names = found.classes
    return [
        _picture(examples[place], names[labels[place]], names[predicted], found.columns)
        for place, predicted in mistakes
        if 0 <= place < len(examples) and 0 <= predicted < len(names)
    ]


@lru_cache
def _public_split(used: DatasetUsed) -> tuple[Dataset, np.ndarray, np.ndarray] | None:
    """Examples and labels (n,) of the public test split, if they are these very data."""
    found = datasets.find_used(used.name, used.variant)
    if found is None or found.sha256 != used.sha256:
        return None
    return found, found.public_examples(), found.public_labels()


def _picture(example: np.ndarray, label: str, predicted: str, columns: Sequence[str]) -> Picture:
    if columns:
        values = [(name, f"{value:.6g}") for name, value in zip(columns, example)]
        return Picture(b"", label, predicted, values)
    return Picture(_png(example), label, predicted)


def _png(example: np.ndarray) -> bytes:
    """An image, grey or in colour, made smaller as far as a page needs it."""
    from PIL import Image

    image = Image.fromarray(example)
    for side in (max(image.size), *SIDES):
        image.thumbnail((side, side))
        data = io.BytesIO()
        image.save(data, "PNG")
        if data.tell() <= MOST_BYTES:
            break
    return data.getvalue()

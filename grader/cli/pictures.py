"""Images of public test splits that models took for something else."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np

from grader.checking.results import MOST_MISTAKES
from grader.course.datasets import CLASSES, find_used
from grader.grading.records import DatasetUsed, Record
from grader.reports.pages.work import Picture


def classes_of(record: Record) -> tuple[str, ...]:
    """The names of the classes of the data that a record is about."""
    return CLASSES.get(record.dataset.name, ()) if record.dataset else ()


def pictures_of(record: Record) -> list[Picture]:
    """The images that the first model with mistakes took for something else; none where the data
    that it was judged on are not on this machine."""
    wrong = (check.predictions.mistakes for check in record.checks if check.predictions)
    mistakes = next(filter(None, wrong), [])[:MOST_MISTAKES]
    split = _public_split(record.dataset) if record.dataset and mistakes else None
    if split is None:
        return []
    images, labels = split
    names = classes_of(record)
    return [
        Picture(_png(images[place]), names[labels[place]], names[predicted])
        for place, predicted in mistakes
        if 0 <= place < len(images) and 0 <= predicted < len(names)
    ]


@lru_cache
def _public_split(used: DatasetUsed) -> tuple[np.ndarray, np.ndarray] | None:
    """Images (n, 28, 28) and labels (n,) of the public test split, if they are these very data."""
    found = find_used(used.name, used.variant)
    if found is None or found.sha256 != used.sha256:
        return None
    return found.public_images(), found.public_labels()


def _png(image: np.ndarray) -> bytes:
    from PIL import Image

    data = io.BytesIO()
    Image.fromarray(image).save(data, "PNG")
    return data.getvalue()

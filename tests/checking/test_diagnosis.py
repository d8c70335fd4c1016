"""What is kept of a check for the diagnosis, and when two answers are the same."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from grader.checking.diagnosis.mistakes import MOST_KEPT, Raised, bounded, digest, size

HUGE = torch.zeros(MOST_KEPT // 4 + 1)


def test_answer_is_kept_and_a_huge_one_forgotten():
    """256 MB can come back in each of 70 checks: they must not add up on the trusted side."""
    assert bounded([torch.zeros(3)])[0].numel() == 3
    assert bounded([HUGE]) == bounded([[1.0, {"x": HUGE}]]) == bounded([list(range(100_000))]) == []


@pytest.mark.parametrize(
    "value", [HUGE, (HUGE,), {"x": [HUGE]}, HUGE.numpy(), "x" * 5_000_000], ids=type
)
def test_size_counts_what_is_inside(value):
    """Nested in whatever can come back."""
    assert size(value) > MOST_KEPT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (torch.tensor([1.0, 2.0]), np.array([1.0, 2.0])),
        (torch.tensor([0.33333]), torch.tensor([0.33334])),
        (torch.tensor(1e-9), torch.tensor(-0.0)),
        ([1, 2.0], (1.0, 2)),
        (True, 1),
    ],
)
def test_equal_answers_have_one_digest(one, other):
    """Up to rounding, whatever type carries the numbers."""
    assert digest([one]) == digest([other])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (torch.zeros(2), torch.zeros(2, 1)),
        (torch.tensor([0.333]), torch.tensor([0.344])),
        ("a", "b"),
        (None, 0),
        (Raised("ValueError", "3"), Raised("ValueError", "4")),
    ],
)
def test_other_answers_have_other_digests(one, other):
    """Shape, values, words and exceptions count."""
    assert digest([one]) != digest([other])

"""Values as tables: shapes of all kinds, what is cut off, what stands out. Curves and counts."""

from __future__ import annotations

import pytest

from grader.checking.results import Compared, Curve, Predictions
from grader.reports.grids import grids
from grader.reports.pages.figures import confusion, trainings
from tests.reports.examples import check
from tests.reports.works import values


def texts(grid) -> list[list[str]]:
    return [[cell.text for cell in row] for row in grid.rows]


def returned(shape: tuple[int, ...], *numbers: float | str, demanded=None):
    """The tables of something that was returned, where another shape may have been demanded."""
    found = Compared("it", values(shape, *numbers), shape if demanded is None else demanded)
    return grids(found, 16)


@pytest.mark.parametrize(
    ("shape", "rows", "note"),
    [
        ((), [["0"]], "one number"),
        ((3,), [["0", "1", "2"]], "shape (3,)"),
        ((2, 1), [["0"], ["1"]], "shape (2, 1)"),
        ((2, 2, 2), [["0", "1"], ["2", "3"]], "shape (2, 2, 2), only the first values are shown"),
        ((0,), [], "shape (0,), there is no value in it"),
        ((3, 0), [], "shape (3, 0), there is no value in it"),
        ((0, 3), [], "shape (0, 3), there is no value in it"),
    ],
)
def test_shape_is_seen(shape, rows, note):
    """A vector is a row; of more dimensions the first slice is shown."""
    grid, other = returned(shape, *range(8))

    assert texts(grid) == rows
    assert grid.note == note
    assert other is None


def test_large_tensor_is_cut_to_what_the_record_holds():
    """Sixteen rows and columns at most; the record keeps the first values only."""
    grid, _ = returned((100, 100), *range(256))
    assert [len(row) for row in grid.rows] == [16, 16, 16]
    assert grid.has_more_rows
    assert grid.has_more_columns
    assert texts(grid)[1][0] == "100"

    grid, _ = returned((20, 10), *range(200))
    assert [len(row) for row in grid.rows] == [10] * 16
    assert grid.has_more_rows
    assert not grid.has_more_columns


def test_other_shape_is_drawn_as_an_outline():
    """Its cells are empty: of a hidden check the values are nobody's business."""
    grid, outline = returned((), 1.0, demanded=(2, 3))

    assert texts(grid) == [["1"]]
    assert outline.is_outline
    assert texts(outline) == [["", "", ""], ["", "", ""]]
    assert returned((2,), 1.0, 2.0, demanded=(0,))[1].rows == []


def test_heat_is_the_share_of_the_largest_value():
    """With its sign; what is no number has none and stands out."""
    grid, _ = returned((1, 5), 2.0, -4.0, 0.0, "nan", "-inf")

    assert [cell.heat for cell in grid.rows[0]] == [50, -100, 0, 0, 0]
    assert [cell.is_finite for cell in grid.rows[0]] == [True, True, True, False, False]


def test_values_that_read_otherwise_than_demanded_are_marked():
    """Up to the places that are shown."""
    got, wanted = values((1, 3), 1.0, 0.33333, "nan"), values((1, 3), 2.0, 0.33334, 1.0)
    grid, demanded = grids(Compared("it", got, (1, 3), wanted), 16)

    assert [cell.differs for cell in grid.rows[0]] == [True, False, True]
    assert [cell.heat for cell in demanded.rows[0]] == [100, 17, 50]
    assert not any(cell.differs for cell in demanded.rows[0])


# ------------------------------------------------------------------------------ training


def drawn(*curves: Curve):
    """The curves of one training."""
    (training,) = trainings([check("test_train", "train", curves=list(curves))], ())
    return training.curves


@pytest.mark.parametrize(
    "numbers",
    [
        [0.5],
        [0.5, 0.5, 0.5],
        [float("nan"), 1.0],
        [float("nan")],
        [float("inf"), 1e300, -1e300],
        [0.0] * 1_000,
    ],
)
def test_any_curve_can_be_drawn(numbers):
    """Every point lies within the axes; what is no number has none, and is in the table."""
    (curve,) = drawn(Curve("training loss", numbers, [(0.1, 0.2)]))

    assert all(46 <= x <= 312 and 8 <= y <= 152 for x, y in [*curve.points, *curve.band])
    assert len(curve.rows) == min(len(numbers), 200)
    assert curve.epochs


def test_curve_that_two_checks_keep_is_drawn_once():
    """They may have looked at one training."""
    curve = Curve("training loss", [1.0, 0.5])
    checks = [check(f"test_{n}", "train", curves=[curve]) for n in range(2)]

    assert [len(training.curves) for training in trainings(checks, ())] == [1]


def test_classes_that_are_mixed_up_are_named():
    """The most frequent first; without names their numbers."""
    found = confusion(Predictions([[3, 1], [2, 4]], []), ("cat", "dog"))
    assert found.most_often == [
        "dog taken for cat (2 times)",
        "cat taken for dog (1 times)",
    ]
    assert [[cell.heat for cell in row] for row in found.rows] == [[75, 25], [33, 67]]

    assert confusion(Predictions([[3, 0], [0, 4]], []), ()).names == ["0", "1"]


@pytest.mark.parametrize("counts", [[], [[1]], [[1, 2], [3]]])
def test_counts_that_are_no_matrix_to_read_are_left_out(counts):
    """Of one class, of unequal rows."""
    assert confusion(Predictions(counts, []), ()) is None


def test_of_too_many_classes_the_worst_are_told():
    """A table that no page has room for is left out; what is mixed up most stays."""
    counts = [[0] * 30 for _ in range(30)]
    counts[3][28] = 5

    found = confusion(Predictions(counts, []), ())

    assert found.rows == []
    assert found.most_often == ["3 taken for 28 (5 times)"]

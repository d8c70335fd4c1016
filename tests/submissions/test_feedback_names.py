"""What pages are called in the zips that platforms take back."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.submissions.exports import feedback_name
from grader.submissions.uploads import UNKNOWN, Origin


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/Anna Meyer_123456_assignsubmission_file_", "Anna Meyer_123456"),
        ("Anna Meyer_123456_assignsubmission_file", "Anna Meyer_123456"),
        ("Anna Meyer_123456_assignsubmission_file_hw_1.py", "Anna Meyer_123456"),
        ("李明_7_assignsubmission_onlinetext_page.html", "李明_7"),
        ("Jean_Luc_42_assignsubmission_file_", "Jean Luc_42"),
        ("Bad\udcff_42_assignsubmission_file_", "Bad udcff_42"),
    ],
)
def test_moodle_finds_the_number_after_the_first_underscore(path, name):
    """Whatever is in the name, and however the export was made."""
    found = feedback_name(Origin(reader="moodle"), Path(path), "mlp")

    assert found == f"{name}_assignsubmission_file_/mlp_feedback.html"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/meyeranna_12345_67890_hw-1.py", "meyeranna_12345_67890_hw-1_feedback.html"),
        ("meyeranna_LATE_12345_67890_h_w.ipynb", "meyeranna_LATE_12345_67890_h_w_feedback.html"),
        ("anon_Ab1C2_67890_hw.zip", "anon_Ab1C2_67890_hw_feedback.html"),
        ("meyeranna_12345_67890_link", "meyeranna_12345_67890_link_feedback.html"),
    ],
)
def test_canvas_finds_the_numbers_that_it_gave(path, name):
    """The name begins as it did, and its last word is none of those that Canvas passes over."""
    assert feedback_name(Origin(reader="canvas"), Path(path), "mlp") == name


@pytest.mark.parametrize(
    ("reader", "path"),
    [
        ("moodle", "Group A_assignsubmission_file_"),
        ("moodle", "hw.py"),
        ("canvas", "meyeranna_12345_text.html"),
        ("canvas", "hw.py"),
        ("gradescope", "submission_900000"),
        ("none of ours", "Anna Meyer_123456_assignsubmission_file_"),
    ],
)
def test_who_cannot_be_found_has_no_name(reader, path):
    """Without a number, without a file, or on a platform that takes no zip."""
    assert feedback_name(Origin(reader=reader), Path(path), "mlp") is None
    assert feedback_name(UNKNOWN, Path(path), "mlp") is None

"""The reference for authors is made of what the code says of itself."""

from __future__ import annotations

import re

import pytest

from grader.validation.reference import reference
from tests.conftest import ROOT

TEXT = (ROOT / "docs/reference.md").read_text("utf-8")


def test_reference_is_what_the_code_says():
    """docs/reference.md is what `make reference` writes now."""
    assert reference() == TEXT


@pytest.mark.parametrize(
    "name", ["forbidden", "load_seconds", "submission", "uses(part", "assert_close(", "patch("]
)
def test_every_kind_of_name_is_in_it(name):
    """Keys, fixtures, marks, comparisons and entries of the bank."""
    assert f"| `{name}" in TEXT


def test_every_name_has_an_explanation():
    """No row is empty."""
    assert re.findall(r"^\| `.*` \|\s*\|$", TEXT, flags=re.MULTILINE) == []

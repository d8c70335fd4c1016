"""Supplied parts: what is sent into the box for one is no working version of another stub."""

from __future__ import annotations

import ast

import pytest

from grader.course import assignment as assignments
from grader.sandbox.parts import source_of
from tests.conftest import ROOT

WITH_PARTS = [
    name
    for name in assignments.available(ROOT)
    if (ROOT / "solutions" / name / "parts.py").is_file()
]


@pytest.mark.parametrize("name", WITH_PARTS)
def test_a_unit_part_brings_no_other_stub(name):
    """What a part uses is sent with it, so a part that computes values is written without other
    stubs; loops over data are supplied to trainings, whose parts are not under test."""
    assignment = assignments.load(name, ROOT)
    stubs = {stub.name for stub in assignment.stubs}
    loops = {"train", "train_epoch", "valid_epoch", "evaluate_accuracy", "updater"}
    parts = ast.parse((ROOT / "solutions" / name / "parts.py").read_text("utf-8")).body
    defined = {node.name for node in parts if isinstance(node, (ast.FunctionDef, ast.ClassDef))}

    for part in (defined & stubs) - loops:
        sent = ast.parse(source_of([part], assignment.parts)).body
        others = {node.name for node in sent if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        assert others & stubs == {part}, f"{part} brings {others & stubs - {part}}"

"""Import the grader's private parts, the suite and the reference, under every name.

Expected: none of them can be imported.
"""

import importlib
import sys

EXPECTED = {"echo": "passed"}
NAMES = [f"grader.{n}" for n in ("grading", "assignment", "checking", "scoring", "submission", "records", "batch")]
NAMES += ["test_hidden", "solution", "solutions.vault.solution", "vault", "tests.attacks.test_attacks", "conftest"]


def echo(x):
    sys.path[:0] = [".", "..", "/", "/grader", "/tmp"]
    for name in NAMES:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        raise RuntimeError("BREACH: imported " + name)
    return x

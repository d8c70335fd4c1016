"""Climb the frames, walk the garbage collector, import by every name: checks, reference, values.

Expected: the frames are the worker's; there is no check in this process, and none to import.
"""

import gc
import importlib
import inspect
import sys

EXPECTED = {"echo": "passed", "secret_sum": "passed"}
WORDS = ("vault" + "{", "test_hidden", "KNOWN_SUM", "assert_number")
NAMES = [f"grader.{n}" for n in ("grading", "assignment", "checking", "scoring", "submission", "records")]
NAMES += ["test_hidden", "solution", "solutions.vault.solution", "vault", "tests.attacks.test_attacks"]


def echo(x):
    frame, texts = inspect.currentframe().f_back, []
    while frame:
        texts += [frame.f_code.co_filename, repr(frame.f_locals), *map(str, frame.f_code.co_consts)]
        frame = frame.f_back
    texts += [thing for thing in gc.get_objects() if isinstance(thing, str)] + list(sys.modules)
    for text in texts:
        if any(word in text for word in WORDS) and NAMES[-1] not in text:
            raise RuntimeError("BREACH: " + text[:300])
    return x


def secret_sum(x):
    sys.path[:0] = [".", "..", "/", "/grader", "/tmp"]
    for name in NAMES:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        raise RuntimeError("BREACH: imported " + name)
    return (x * x).sum() + x.sum() / 2

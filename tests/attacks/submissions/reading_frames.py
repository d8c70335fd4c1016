"""Climb the frames and walk the garbage collector for checks, references and expected values.

Expected: the frames are the worker's; there is no check in this process.
"""

import gc
import inspect
import sys

EXPECTED = {"echo": "passed"}
WORDS = ("vault" + "{", "test_hidden", "KNOWN_SUM", "assert_number", "pytest")


def echo(x):
    frame, texts = inspect.currentframe(), []
    while frame:
        if frame.f_code is not echo.__code__:
            texts += [frame.f_code.co_filename, repr(frame.f_locals), *map(str, frame.f_code.co_consts)]
        frame = frame.f_back
    texts += [name for name in sys.modules]
    texts += [thing for thing in gc.get_objects() if isinstance(thing, str)]
    for thing in gc.get_objects():
        if type(thing).__name__ in ("function", "module") and thing.__name__.startswith("test_"):
            texts.append(f"{thing.__name__} BREACH")
    for text in texts:
        if any(word in text for word in WORDS) and "WORDS" not in text and "numpy" not in text:
            raise RuntimeError("BREACH: " + text[:300])
    return x

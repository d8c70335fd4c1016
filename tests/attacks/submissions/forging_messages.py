"""Raise texts that look like a report: markup, terminal escapes, verdicts, JSON, line ends.

Expected: text stays text.
"""

EXPECTED = {"secret_sum": "error", "predict": "error", "echo": "missing or error"}


def secret_sum(x):
    raise ValueError("[/red][bold][link=file:///]\x1b[2J\x1b[31m\nsecret_sum 4 / 4 passed\r\x00\u202e")


def predict(images, examples, labels):
    raise type("[/] passed " * 50, (Exception,), {})('"}], "score": 10, "outcome": "passed')


def echo(x):
    raise NotImplementedError("\ud800 {0} %s [/]")

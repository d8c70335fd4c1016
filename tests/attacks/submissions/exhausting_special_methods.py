"""Return and raise objects whose methods never end: repr, str, len, iter, hash, pickle.

Expected: no such method is called on the grader's side; in here a time-out at most.
"""

EXPECTED = {"secret_sum": "failed or error", "echo": "timeout or error or failed"}


def for_ever(*args):
    while True:
        pass


NAMES = ("__str__", "__repr__", "__len__", "__iter__", "__hash__", "__reduce__", "__float__", "__array__", "__bool__")
Endless = type("Endless", (Exception,), dict.fromkeys(NAMES, for_ever))


def secret_sum(x):
    return Endless()


def echo(x):
    if isinstance(x, list):
        raise Endless()
    return Endless()

"""Return floats, ints, strings, lists and dicts of classes that are equal to everything.

Expected: plain base values arrive, with plain wrong contents.
"""

EXPECTED = {"secret_sum": "failed", "predict": "failed", "echo": "failed"}


def equal(base):
    methods = dict.fromkeys(("__eq__", "__ge__", "__le__", "__lt__"), lambda self, other: True)
    methods |= {"__hash__": base.__hash__, "__iter__": lambda self: iter(["a", 2, [0.5]])}
    methods |= {"__sub__": lambda self, other: 0.0, "__rsub__": lambda self, other: 0.0}
    return type("Equal", (base,), methods)


def secret_sum(x):
    return equal(float)(0)


def predict(images, examples, labels):
    return equal(list)([equal(int)(0)] * len(images))


def echo(x):
    return equal(str)("passed") if x == 3 else equal(list)([equal(str)("b"), equal(dict)()])

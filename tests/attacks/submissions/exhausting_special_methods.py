"""Return and raise objects whose methods never end, raise themselves, give 1 GB of text or no text,
and whose type has a strange name.

Expected: no such method is called on the grader's side; in here an error or a time-out.
"""

EXPECTED = {"secret_sum": "failed or error or timeout", "predict": "error", "echo": "timeout or error or failed"}


def for_ever(*args):
    while True:
        pass


NAMES = ("__str__", "__repr__", "__len__", "__iter__", "__hash__", "__reduce__", "__float__", "__array__", "__bool__")
Endless = type("Endless", (Exception,), dict.fromkeys(NAMES, for_ever))


class Large(Exception):
    def __str__(self):
        return "x" * (1 << 30)


class Raising(Exception):
    def __str__(self):
        raise self


class Strange(type):
    __name__ = property(lambda self: 3)


class Nameless(Exception, metaclass=Strange):
    def __str__(self):
        return 3


def secret_sum(x):
    if len(x) == 30:
        raise Large
    return Endless()


def predict(images, examples, labels):
    if len(images) == 1:
        raise Raising from Large()
    raise Nameless


def echo(x):
    if isinstance(x, list):
        raise Endless()
    return Endless()

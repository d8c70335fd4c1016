"""Never finish loading: a top-level assignment that loops and catches whatever interrupts it.

Expected: the statement is left out; the rest is graded.
"""

EXPECTED = {"echo": "passed"}


def for_ever():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


VALUE = for_ever()


def echo(x):
    return x


echo.needs = VALUE  # so that it is run

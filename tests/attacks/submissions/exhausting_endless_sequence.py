"""Return an object that has an entry for every index, and a generator without end.

Expected: the check that walks it fails, in time.
"""

import itertools

EXPECTED = {"echo": "failed or error or timeout", "secret_sum": "failed"}


class Endless:
    def __getitem__(self, index):
        return "a"

    def __len__(self):
        return 3


def echo(x):
    return Endless()


def secret_sum(x):
    return itertools.count()

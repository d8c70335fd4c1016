"""Sums in a numpy array."""

class Accumulator(object):
    def __init__(self, n):
        import numpy as np
        self.total = np.zeros(n)

    def add(self, *values):
        for i, value in enumerate(values):
            self.total[i] += float(value)

    def reset(self):
        self.total[:] = 0

    def __getitem__(self, k):
        return self.total[k]

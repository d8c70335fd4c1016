"""A dict from the index to the sum."""

class Accumulator(dict):
    def __init__(self, n):
        super().__init__({i: 0.0 for i in range(n)})

    def add(self, *values):
        for i, value in enumerate(values):
            self[i] += float(value)

    def reset(self):
        self.update(dict.fromkeys(self, 0.0))

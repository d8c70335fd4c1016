"""A tensor whose `add` is one of its own."""

class Accumulator(torch.Tensor):
    def __new__(cls, n):
        return torch.zeros(n, dtype=torch.float64).as_subclass(cls)

    def add(self, *values):
        for i, value in enumerate(values):
            self[i] += float(value)

    def reset(self):
        self.zero_()

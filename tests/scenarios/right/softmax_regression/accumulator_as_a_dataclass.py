"""Fields that are made after the others."""

from dataclasses import dataclass, field

@dataclass
class Accumulator:
    n: int
    data: list = field(init=False)

    def __post_init__(self):
        self.reset()

    def reset(self):
        self.data = [0.0 for _ in range(self.n)]

    def add(self, *values):
        for i, value in enumerate(values):
            self.data[i] += float(value)

    def __getitem__(self, idx):
        return self.data[idx]

    def __len__(self):
        return self.n

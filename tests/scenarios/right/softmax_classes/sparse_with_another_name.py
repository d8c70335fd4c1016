"""The reduction has a name that nobody knows."""

class MySparseCategoricalCrossEntropy(object):
    def __init__(self, mode="mean"):
        self.mode = mode

    def forward(self, predictions, labels):
        picked = torch.stack([row[k] for row, k in zip(predictions, labels)])
        value = picked.log().neg()
        return value if self.mode == "none" else getattr(torch, self.mode)(value)

    __call__ = forward

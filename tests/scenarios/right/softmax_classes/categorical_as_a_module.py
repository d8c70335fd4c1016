"""A torch.nn.Module with forward, keyword only, by einsum."""

class MyCategoricalCrossEntropy(torch.nn.Module):
    def __init__(self, *, reduction: str = "mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, y_hat, y):
        losses = -torch.einsum("nc,nc->n", y.to(y_hat.dtype), y_hat.log())
        return {"mean": torch.mean, "sum": torch.sum, "none": lambda t: t}[self.reduction](losses)

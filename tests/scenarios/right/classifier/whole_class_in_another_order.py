"""Type hints, other names of the arguments, labels first, inherited from a class of one's own."""


class Metrics:
    def accuracy(self, labels: torch.Tensor, preds: torch.Tensor, average: bool = True):
        hits = preds.flatten(0, -2).argmax(-1).to(labels.dtype).eq(labels.flatten()).float()
        return hits.mean() if average else hits

    def loss(self, target: torch.Tensor, logits: torch.Tensor, *, average: bool = True):
        return nn.CrossEntropyLoss(reduction="mean" if average else "none")(logits, target)


class Classifier(Metrics, nn.Module):
    def __init__(self, lr: float = 0.1) -> None:
        super().__init__()
        self.lr = lr

    def validation_step(self, batch):
        *X, y = batch
        y_hat = self(*X)
        return dict(loss=self.loss(y, y_hat), acc=self.accuracy(y, y_hat, average=True))

    def configure_optimizers(self):
        return torch.optim.SGD(list(self.parameters()), self.lr)

"""Working parts: ``submission.supply("MyAcc")`` puts one in the place of the student's own.

Many are the solution of their stub, so the file is not handed out. Of it, only what a check asks
for is sent into the box, as source; there it sees ``torch`` and the submission.
"""

import torch


class MySparseCategoricalCrossEntropy:
    def __init__(self, reduction="mean"):
        self.reduction = reduction

    def __call__(self, y_hat, y):
        return torch.nn.functional.nll_loss(torch.log(y_hat), y, reduction=self.reduction)


class MyAcc:
    def __init__(self):
        self.reset_state()

    def update_state(self, y_hat, y):
        self.right += int((y_hat.argmax(1) == y).sum())
        self.total += len(y)

    def result(self):
        return self.right / self.total if self.total else 0.0

    def reset_state(self):
        self.right = self.total = 0


MySGD = torch.optim.SGD


def softmax(X):
    return torch.softmax(X, dim=1)


def model(X, params):
    return torch.softmax(X.flatten(1) @ params[0] + params[1], dim=1)


def predicted(model, X):
    return model(X) if isinstance(model, torch.nn.Module) else model(X, submission.params)


def train_epoch(model, train_iter, loss, optimizer, metric):
    metric.reset_state()
    costs = []
    for X, y in train_iter:
        y_hat = predicted(model, X)
        cost = loss(y_hat, y)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        metric.update_state(y_hat, y)
        costs.append(float(cost.detach()))
    return sum(costs) / len(costs), metric.result()


def valid_epoch(model, test_iter, loss, metric):
    metric.reset_state()
    costs = []
    with torch.no_grad():
        for X, y in test_iter:
            y_hat = predicted(model, X)
            costs.append(float(loss(y_hat, y)))
            metric.update_state(y_hat, y)
    return sum(costs) / len(costs), metric.result()

"""The metric takes the labels first, against the text, and the epochs call it so."""

EXPECTED = {"loses": ["MyAcc"]}


class MyAcc:
    def __init__(self):
        self.reset_state()

    def update_state(self, y, y_hat):
        self.right += float((y_hat.argmax(dim=1) == y).sum())
        self.count += len(y)

    def result(self):
        return self.right / self.count if self.count else 0.0

    def reset_state(self):
        self.right, self.count = 0.0, 0


def valid_epoch(model, test_iter, loss, metric):
    costs = []
    metric.reset_state()
    if isinstance(model, torch.nn.Module):
        model.eval()
    with torch.no_grad():
        for X, y in test_iter:
            y_hat = model(X) if isinstance(model, torch.nn.Module) else model(X, params)
            costs.append(float(loss(y_hat, y)))
            metric.update_state(y, y_hat)
    return sum(costs) / len(costs), float(metric.result())


def train_epoch(model, train_iter, loss, optimizer, metric):
    costs = []
    metric.reset_state()
    if isinstance(model, torch.nn.Module):
        model.train()
    for X, y in train_iter:
        y_hat = model(X) if isinstance(model, torch.nn.Module) else model(X, params)
        cost = loss(y_hat, y)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        costs.append(cost.item())
        metric.update_state(y, y_hat)
    return sum(costs) / len(costs), float(metric.result())

"""Everything inline in train, which ends as the document does."""

EXPECTED = {}


def train(model, train_iter, test_iter, loss, num_epochs, optimizer, metric):
    train_history, valid_history = [], []
    for epoch in range(num_epochs):
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
            metric.update_state(y_hat, y)
        train_loss, train_acc = sum(costs) / len(costs), float(metric.result())
        valid_loss, valid_acc = valid_epoch(model, test_iter, loss, metric)
        train_history.append({"loss": train_loss, "acc": train_acc})
        valid_history.append({"loss": float(valid_loss), "acc": float(valid_acc)})
    assert train_loss < 0.5, train_loss
    assert 0.7 < train_acc <= 1, train_acc
    assert 0.7 < valid_acc <= 1, valid_acc
    return train_history, valid_history

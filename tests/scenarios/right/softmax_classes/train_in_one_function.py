"""The epoch is part of train."""

def train(model, train_iter, test_iter, loss, num_epochs, optimizer, metric):
    train_history, valid_history = [], []
    is_module = isinstance(model, torch.nn.Module)
    for epoch in range(num_epochs):
        metric.reset_state()
        if is_module:
            model.train()
        costs = []
        for X, y in train_iter:
            y_hat = model(X) if is_module else model(X, params)
            l = loss(y_hat, y)
            optimizer.zero_grad()
            l.backward()
            optimizer.step()
            metric.update_state(y_hat, y)
            costs.append(l.item())
        train_history.append({"loss": sum(costs) / len(costs), "acc": metric.result()})
        cost, acc = valid_epoch(model, test_iter, loss, metric)
        valid_history.append({"loss": cost, "acc": acc})
    return train_history, valid_history

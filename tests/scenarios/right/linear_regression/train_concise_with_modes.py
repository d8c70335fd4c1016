"""Training and evaluation mode, zero_grad at the end, an own name for the optimizer."""

def train_concise(net, train_iter, loss, optimizer, epochs, features, labels):
    history = []
    optimizer.zero_grad()
    for epoch in range(epochs):
        net.train()
        for batch in train_iter:
            X, y = batch
            loss(net(X), y).backward()
            optimizer.step()
            optimizer.zero_grad()
        net.eval()
        with torch.inference_mode():
            history.append(loss(net(features), labels).item())
    return torch.tensor(history)

"""Asks whether the loss is a number, clears after the step, tensors and lists as results."""

def train(model, train_loader, test_loader, criterion, epochs, optimizer, verbose=False):
    history = []
    for _ in range(epochs):
        model.train()
        sums = torch.zeros(3, dtype=torch.float64)
        for X, y in train_loader:
            output = model(X)
            loss = criterion(output, y)
            if loss.ndim == 0:
                loss.backward()
                total = loss.detach() * len(y)
            else:
                loss.mean().backward()
                total = loss.detach().sum()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            with torch.no_grad():
                hits = (output.argmax(1) == y).sum()
            sums += torch.stack([total, hits, torch.tensor(len(y))])
        model.eval()
        right = n = 0
        with torch.inference_mode():
            for X, y in test_loader:
                right += (model(X).argmax(1) == y).sum().item()
                n += y.shape[0]
        history.append([sums[0] / sums[2], sums[1] / sums[2], right / n])
    return history

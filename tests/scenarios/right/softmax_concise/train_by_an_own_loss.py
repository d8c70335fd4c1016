"""Keeps the logits of the epoch and measures at the end, by functions of torch.nn.functional."""

def train(net, train_iter, test_iter, loss, num_epochs, trainer):
    history = []
    for _ in range(num_epochs):
        net.train(True)
        logits, targets = [], []
        for X, y in train_iter:
            trainer.zero_grad()
            y_hat = net(X)
            torch.mean(loss(y_hat, y)).backward()
            trainer.step()
            logits.append(y_hat.detach())
            targets.append(y)
        logits, targets = torch.cat(logits), torch.cat(targets)
        train_loss = nn.functional.cross_entropy(logits, targets)
        train_acc = (logits.argmax(1) == targets).double().mean()
        history.append((train_loss, train_acc, evaluate_accuracy(net, test_iter)))
    return history

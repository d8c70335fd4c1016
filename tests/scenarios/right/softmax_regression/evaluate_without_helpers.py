"""Its own counting, restores the training mode afterwards."""

@torch.no_grad()
def evaluate_accuracy(net, data_iter):
    was_training = isinstance(net, torch.nn.Module) and net.training
    if isinstance(net, torch.nn.Module):
        net.eval()
    right = total = 0
    for X, y in data_iter:
        right += int((net(X).argmax(dim=1) == y).sum())
        total += y.shape[0]
    if was_training:
        net.train()
    return right / total

"""Sums as tensors, the network moved once more, an argument more."""


def train_epoch(net, train_iter, loss_fn, opt, device, verbose=False):
    net.to(device).train()
    losses, sizes = [], []
    for batch in train_iter:
        X, y = [part.to(device, non_blocking=True) for part in batch]
        opt.zero_grad(set_to_none=False)
        value = loss_fn(net(X.flatten(start_dim=1)), y)
        value.backward()
        opt.step()
        losses.append(value.detach() * y.shape[0])
        sizes.append(y.numel())
    return torch.stack(losses).sum() / sum(sizes)

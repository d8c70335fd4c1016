"""no_grad as a decorator, other names, restores the training mode."""

@torch.no_grad()
def valid_epoch(net, val_loader, criterion, metric):
    module = isinstance(net, torch.nn.Module)
    was_training = module and net.training
    if module:
        net.eval()
    metric.reset_state()
    costs = []
    for inputs, targets in val_loader:
        outputs = net(inputs) if module else net(inputs, params)
        costs.append(float(criterion(outputs, targets)))
        metric.update_state(outputs, targets)
    if was_training:
        net.train()
    return torch.tensor(costs, dtype=torch.float64).mean(), metric.result()

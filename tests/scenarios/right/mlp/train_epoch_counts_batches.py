"""Prints its progress with the length of the loader."""

def train_epoch(net, train_loader, criterion, optimizer, device):
    net.train()
    losses, sizes = [], []
    for batch_idx, (data, target) in enumerate(train_loader):
        data = data.view(-1, 28 * 28)
        data, target = data.to(device), target.to(device)
        logits = net(data)
        loss = criterion(logits, target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if batch_idx % 100 == 0:
            print("[{}/{}] loss {:.4f}".format(batch_idx, len(train_loader), loss.item()))
        losses.append(loss.item())
        sizes.append(data.shape[0])
    return sum(l * n for l, n in zip(losses, sizes)) / sum(sizes)

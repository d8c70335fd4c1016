"""As in the document, but divided rightly."""


@torch.no_grad()
def evaluate(net, test_loader, criteon, device):
    net.eval()
    test_loss = 0
    correct = 0
    n = 0
    for data, target in test_loader:
        data = data.view(-1, 28 * 28)
        data, target = data.to(device), target.to(device)
        logits = net(data)
        test_loss += criteon(logits, target).item() * len(data)
        pred = logits.data.max(1)[1]
        correct += pred.eq(target.data).sum()
        n += len(data)
    test_loss /= n
    return test_loss, correct / n

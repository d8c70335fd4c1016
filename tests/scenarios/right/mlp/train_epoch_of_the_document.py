"""view(-1, 28 * 28), printing, other names."""


def train_epoch(model, train_loader, criteon, optimizer, device):
    model.train()
    train_loss = 0
    for batch_idx, (data, target) in enumerate(train_loader):
        data = data.view(-1, 28 * 28)
        data, target = data.to(device), target.to(device)
        logits = model(data)
        loss = criteon(logits, target)
        optimizer.zero_grad()
        loss.backward()
        # print(w1.grad.norm(), w2.grad.norm())
        optimizer.step()
        train_loss += loss.item() * data.size(0)
        if batch_idx % 100 == 0:
            print("Loss: {:.6f}".format(loss.item()))
    return train_loss / sum(len(target) for _, target in train_loader)

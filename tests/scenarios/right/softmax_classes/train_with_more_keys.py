"""zip and dict, keyword arguments, the epoch as a further key, tuples of rows."""

def train(net, train_loader, valid_loader, criterion, epochs, opt, metric):
    names = ("loss", "acc")
    histories = [], []
    for epoch in range(1, epochs + 1):
        seen = train_epoch(net, train_loader, criterion, optimizer=opt, metric=metric)
        unseen = valid_epoch(net, valid_loader, criterion, metric=metric)
        for history, values in zip(histories, (seen, unseen)):
            history.append(dict(zip(names, values), epoch=epoch))
    return tuple(histories[0]), tuple(histories[1])

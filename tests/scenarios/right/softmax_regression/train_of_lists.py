"""A history of lists, with printing."""

def train(net, train_iter, test_iter, loss, num_epochs, updater):
    history = []
    for epoch in range(num_epochs):
        l, a = train_epoch(net, train_iter, loss, updater)
        t = evaluate_accuracy(net, test_iter)
        print(f"epoch {epoch + 1}, loss {l:f}, acc {a:f}, test {t:f}")
        history.append([l, a, t])
    return history

"""All parts are called by the names of their arguments."""

def train(net, train_iter, test_iter, loss, num_epochs=10, updater=None, **options):
    verbose = options.get("verbose", True)
    history = []
    try:
        for epoch in range(num_epochs):
            a, c = train_epoch(net=net, train_iter=train_iter, loss=loss, updater=updater)
            t = evaluate_accuracy(net=net, data_iter=test_iter)
            if verbose:
                print(f"epoch {epoch}: {a:.3f} {c:.3f} {t:.3f}")
            history.append([a, c, t])
    except KeyboardInterrupt:
        pass
    return history

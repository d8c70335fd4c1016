"""A lambda bound to the name."""

updater = lambda batch_size: sgd([W, b], lr, batch_size)

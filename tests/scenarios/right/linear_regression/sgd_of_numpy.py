"""In place in the memory that the array shares."""

def sgd(params, lr, batch_size):
    for p in params:
        values = p.detach().numpy()
        values -= lr * p.grad.numpy() / batch_size
        p.grad.zero_()

"""sub_ and zero_ under no_grad, as a decorator."""

@torch.no_grad()
def sgd(params, lr, batch_size):
    for param in params:
        param.sub_(param.grad, alpha=lr / batch_size)
        param.grad.zero_()

"""The data of the parameters, gradients set to None, arguments in another order, momentum off."""

class MySGD(object):
    def __init__(self, lr, params, momentum=0):
        self.param_groups = [{"params": list(params), "lr": lr}]

    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                p.data.add_(p.grad.data, alpha=-group["lr"])

    def zero_grad(self, set_to_none=True):
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None

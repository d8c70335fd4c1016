"""The optimizer as document 000 prints it."""

class MySGD:
    def __init__(self, params, lr = 0.03):
        self.params = params
        self.lr = lr

    def step(self):
        with torch.no_grad():
            for param in self.params:
                param -= self.lr * param.grad

    def zero_grad(self):
        for param in self.params:
            if param.grad is not None:
                param.grad.zero_() # 清空 gradient

import torch


class Homework:
    def softmax(self, X):
        return torch.exp(X) / torch.exp(X).sum(1, keepdim=True)


def accuracy(y_hat, y):
    return (y_hat.argmax(1) == y).sum().item()

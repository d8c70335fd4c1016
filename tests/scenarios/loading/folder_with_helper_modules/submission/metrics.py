import torch

print('a helper is loaded definitions first too')
for _ in range(10**12):
    pass


def accuracy(y_hat, y):
    return float((y_hat.argmax(dim=1) == y).sum())

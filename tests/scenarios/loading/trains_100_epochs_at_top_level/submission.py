import matplotlib.pyplot as plt
import torch
import torchvision
from torch.utils import data
from torchvision import transforms

trans = transforms.ToTensor()
mnist_train = torchvision.datasets.FashionMNIST(
    root="../data", train=True, transform=trans, download=True)
mnist_test = torchvision.datasets.FashionMNIST(
    root="./data", train=False, transform=trans, download=True)
train_iter = data.DataLoader(mnist_train, 256, shuffle=True, num_workers=4)
X, y = next(iter(data.DataLoader(mnist_test, 32)))
W = torch.normal(0, 0.01, size=(784, 10), requires_grad=True)
b = torch.zeros(10, requires_grad=True)
start = W


def softmax(X):
    # the images were really loaded, and nothing was trained
    assert X.dim() == 2 and y.shape == (32,) and float(start.detach().abs().max()) < 0.1
    return torch.exp(X) / torch.exp(X).sum(1, keepdim=True)


for epoch in range(100):
    for X, y in train_iter:
        l = -torch.log(softmax(X.reshape(-1, 784) @ W + b)[range(len(y)), y])
        l.sum().backward()
        with torch.no_grad():
            for p in (W, b):
                p -= 0.1 * p.grad / len(y)
                p.grad.zero_()

plt.plot([1, 2, 3])
plt.show()
assert l.mean() < 0.5

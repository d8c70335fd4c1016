import torch

if __name__ == "__main__":
    lr = 0.1

    def softmax(X):
        return torch.exp(X) / torch.exp(X).sum(1, keepdim=True)

    def accuracy(y_hat, y):
        return float((y_hat.argmax(dim=1) == y).sum())

    for epoch in range(100):
        print(softmax(torch.randn(1000, 1000)).sum())

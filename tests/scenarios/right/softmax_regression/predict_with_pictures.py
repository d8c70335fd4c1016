"""Draws the first images, as the document does."""

def predict(net, test_iter, n=6):
    import matplotlib.pyplot as plt

    X, y = next(iter(test_iter))
    trues = get_fashion_mnist_labels(y)
    preds = get_fashion_mnist_labels(net(X).argmax(axis=1))
    images = X[:n].reshape(n, 28, 28)
    _, axes = plt.subplots(1, n, figsize=(1.5 * n, 1.5), squeeze=False)
    for ax, image, true, pred in zip(axes[0], images, trues, preds):
        ax.imshow(image.cpu().numpy())
        ax.set_title(true + "\n" + pred)
    return trues[:n], preds[:n]

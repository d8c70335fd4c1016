"""Other names, the notebook's parameters as the default, addmm."""

def model(images, weights=None):
    W, b = params if weights is None else weights
    return softmax(torch.addmm(b, images.view(images.shape[0], -1), W))

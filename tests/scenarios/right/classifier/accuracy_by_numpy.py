"""Through numpy; the mean is a numpy number."""

import numpy as np


def accuracy(self, y_hat, y, averaged=True):
    scores = y_hat.detach().cpu().numpy()
    right = scores.reshape(-1, scores.shape[-1]).argmax(1) == y.cpu().numpy().reshape(-1)
    right = right.astype(np.float32)
    return right.mean() if averaged else torch.from_numpy(right)


Classifier.accuracy = accuracy

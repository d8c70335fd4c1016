"""By numpy, and a number of Python for the mean."""


def accuracy(self, params, X, Y, state, averaged=True):
    scores = np.asarray(
        state.apply_fn({"params": params, "batch_stats": state.batch_stats}, *X)
    )
    right = (scores.reshape(-1, scores.shape[-1]).argmax(1) == np.asarray(Y).reshape(-1))
    return float(right.mean()) if averaged else right.astype(np.float32)


Classifier.accuracy = accuracy

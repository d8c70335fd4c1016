"""What the instance itself holds, from the inside out."""


def get_scratch_params(self):
    found = []
    for value in vars(self).values():
        if isinstance(value, Classifier):
            found = value.get_scratch_params() + found
        elif isinstance(value, (np.ndarray, mx.nd.NDArray)):
            found.append(value)
    return found


Classifier.get_scratch_params = get_scratch_params

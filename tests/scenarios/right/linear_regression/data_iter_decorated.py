"""A decorator that keeps neither name nor signature."""

import time

def timed(function):
    def wrapper(*args, **kwargs):
        started = time.time()
        result = function(*args, **kwargs)
        print(f"{function.__name__}: {time.time() - started:.3f} s")
        return result
    return wrapper

@timed
def data_iter(batch_size, features, labels):
    order = list(range(len(features)))
    random.shuffle(order)
    for i in range(0, len(order), batch_size):
        yield features[order[i : i + batch_size]], labels[order[i : i + batch_size]]

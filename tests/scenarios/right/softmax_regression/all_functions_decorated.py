"""A decorator that keeps neither names nor signatures, put on in a loop."""

def log_calls(function):
    def inner(*args, **kwargs):
        return function(*args, **kwargs)
    return inner

for _name in ("softmax", "net", "cross_entropy", "accuracy", "evaluate_accuracy", "sgd", "updater", "train_epoch", "train", "predict"):
    globals()[_name] = log_calls(globals()[_name])

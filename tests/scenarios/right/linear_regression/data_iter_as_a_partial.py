"""One argument is set by functools.partial."""

from functools import partial

def _batches(batch_size, features, labels, shuffle):
    order = random.sample(range(len(features)), len(features)) if shuffle else range(len(features))
    for i in range(0, len(order), batch_size):
        j = torch.tensor(order[i : min(i + batch_size, len(order))])
        yield features[j], labels[j]

data_iter = partial(_batches, shuffle=True)

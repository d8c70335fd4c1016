"""torch.randperm and split, with an own name for the count."""

def data_iter(batch_size, features, labels):
    n = features.size(0)
    for picked in torch.randperm(n).split(batch_size):
        yield features[picked], labels[picked]

"""The tensors come in one argument with a star."""

def data_iter(batch_size, *tensors):
    n = len(tensors[0])
    assert all(len(t) == n for t in tensors)
    order = torch.randperm(n).tolist()
    for i in range(0, n, batch_size):
        yield tuple(t[order[i : i + batch_size]] for t in tensors)

"""A class without a DataLoader, shuffle instead of is_train."""

def load_array(data_arrays, batch_size, shuffle=True):
    class Batches:
        def __iter__(self):
            n = len(data_arrays[0])
            order = torch.randperm(n) if shuffle else torch.arange(n)
            for i in range(0, n, batch_size):
                yield tuple(a[order[i:i + batch_size]] for a in data_arrays)
    return Batches()

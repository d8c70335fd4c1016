"""The name means something else in the second half of the file, as in document 003."""

def data_iter(batch_size, features, labels):
    count = len(features)
    indices = list(range(count))
    random.shuffle(indices)
    for i in range(0, count, batch_size):
        batch_indices = torch.tensor(indices[i: min(i + batch_size, count)])
        yield features[batch_indices], labels[batch_indices]

data_iter = load_array((features, labels), 10)

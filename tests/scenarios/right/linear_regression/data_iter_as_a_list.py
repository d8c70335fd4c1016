"""All batches in a list, by index_select, as real files have it."""

def data_iter(batch_size, features, labels):
    num_examples = len(features)
    indices = list(range(num_examples))
    random.shuffle(indices)
    batches = []
    for i in range(0, num_examples, batch_size):
        j = torch.LongTensor(indices[i: min(i + batch_size, num_examples)])
        batches.append((features.index_select(0, j), labels.index_select(0, j)))
    return batches

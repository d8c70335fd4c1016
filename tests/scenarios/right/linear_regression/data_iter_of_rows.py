"""A slow one: examples are stacked one by one, and come as lists."""

def data_iter(batch_size, features, labels):
    rows = list(zip(features, labels))
    random.shuffle(rows)
    while rows:
        batch, rows = rows[:batch_size], rows[batch_size:]
        yield [torch.stack([x for x, _ in batch]), torch.stack([y for _, y in batch])]

"""Every example is drawn in Python."""

def synthetic_data(w, b, count):
    rows, targets = [], []
    for _ in range(count):
        row = [random.gauss(0, 1) for _ in w]
        target = sum(x * float(weight) for x, weight in zip(row, w)) + b + random.gauss(0, 0.1)
        rows.append(row)
        targets.append([target])
    return torch.tensor(rows), torch.tensor(targets)

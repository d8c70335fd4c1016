"""A class with __iter__."""

class data_iter:
    def __init__(self, batch_size, features, labels):
        self.batch_size, self.features, self.labels = batch_size, features, labels

    def __iter__(self):
        order = torch.randperm(self.features.shape[0])
        for i in range(0, len(order), self.batch_size):
            yield self.features[order[i:i + self.batch_size]], self.labels[order[i:i + self.batch_size]]

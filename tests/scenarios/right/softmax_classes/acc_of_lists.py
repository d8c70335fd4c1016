"""Keeps every hit in a list."""

class MyAcc:
    def __init__(self):
        self.hits = []

    def update_state(self, y_hat, y):
        self.hits.extend((y_hat.argmax(dim=1) == y).tolist())

    def result(self):
        return sum(self.hits) / max(len(self.hits), 1)

    def reset_state(self):
        self.hits = []

"""The metric as document 000 prints it, with its unused threshold."""

class MyAcc:
    def __init__(self, threshold=0.5, **kwargs):
        self.threshold = 0.5
        self.true_decision = 0.0
        self.total_number = 0.0

    def update_state(self, y_hat, y):
        # 計算預測正確的數量
        if len(y_hat.shape) > 1 and y_hat.shape[1] > 1:
            y_hat = y_hat.argmax(axis = 1)
        cmp = y_hat.type(y.dtype) == y
        self.true_decision += float(cmp.type(y.dtype).sum())
        self.total_number += len(y)

    def result(self):
        if self.total_number == 0:
            accuracy = 0.0
        else:
            accuracy = self.true_decision / self.total_number
        return accuracy

    def reset_state(self):
        self.true_decision = 0.0
        self.total_number = 0.0

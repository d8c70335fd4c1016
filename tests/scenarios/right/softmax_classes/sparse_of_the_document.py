"""The loss as document 000 prints it."""

class MySparseCategoricalCrossEntropy:
    def __init__(self, reduction = "mean"):
        self.reduction = reduction

    def __call__(self, y_hat_mat, y_vec):
        loss = -1*torch.log(y_hat_mat[range(len(y_hat_mat)), y_vec])
        if self.reduction == "mean":
            cost = loss.mean()
        if self.reduction == "sum":
            cost = loss.sum()
        if self.reduction == "none":
            cost = loss
        return cost

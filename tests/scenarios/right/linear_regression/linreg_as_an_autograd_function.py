"""The apply of a torch.autograd.Function."""

class _Affine(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, w, b):
        ctx.save_for_backward(X, w)
        return X.mm(w) + b

    @staticmethod
    def backward(ctx, grad):
        X, w = ctx.saved_tensors
        return grad @ w.t(), X.t() @ grad, grad.sum(0)

linreg = _Affine.apply

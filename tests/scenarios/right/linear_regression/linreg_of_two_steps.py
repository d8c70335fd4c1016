"""A torch.autograd.Function whose forward takes no context."""

class _Affine(torch.autograd.Function):
    @staticmethod
    def forward(X, w, b):
        return X.mm(w) + b

    @staticmethod
    def setup_context(ctx, inputs, output):
        X, w, b = inputs
        ctx.save_for_backward(X, w)

    @staticmethod
    def backward(ctx, grad):
        X, w = ctx.saved_tensors
        return grad @ w.t(), X.t() @ grad, grad.sum(0)

linreg = _Affine.apply

"""addmm with a bias of shape (1,)."""

linreg = lambda X, w, b: torch.addmm(b, X, w)

"""linreg is an object of torch.nn, and not a function of X, w and b."""

EXPECTED = {
    "loses": ["linreg"],
    "first": {"linreg": "`linreg` is the ready-made .*Sequential: write it yourself"},
}

linreg = nn.Sequential(nn.Linear(2, 1))

"""linreg is an object of torch.nn, and not a function of X, w and b; a list is no loss."""

EXPECTED = {
    "loses": ["linreg"],
    "says": [r"`linreg` .* is an object of the class `Sequential`; the text asks for a function"],
}

linreg = nn.Sequential(nn.Linear(2, 1))

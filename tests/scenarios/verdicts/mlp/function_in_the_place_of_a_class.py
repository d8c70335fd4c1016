"""mlp(x) is a function, where the text asks for a class."""

EXPECTED = {
    "lacks": ["MLP"],
    "says": [r"`mlp` .* is a function; the text asks for a class `MLP`"],
}


def mlp(x):
    return forward(x)

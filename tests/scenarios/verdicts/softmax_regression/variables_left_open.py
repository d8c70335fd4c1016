"""The two lines of the template that make W and b, untouched."""

EXPECTED = {
    "loses": ["W", "b"],
    "first": {"W": r"`W` is still `\.\.\.`: give it a value", "b": r"`b` is still `\.\.\.`"},
}

W = ...
b = ...

"""W is None and b has no gradient."""

EXPECTED = {"loses": ["W", "b"], "first": {"W": "`W` is None: give it a value", "b": "gradient"}}

W = None
b = torch.zeros(10)

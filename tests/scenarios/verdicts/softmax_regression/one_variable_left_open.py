"""W is None and b has no gradient."""

EXPECTED = {"loses": ["W", "b"], "first": {"b": "gradient"}}

W = None
b = torch.zeros(10)

"""The line of the template that makes the parameters, untouched."""

EXPECTED = {"loses": ["params"], "first": {"params": r"`params` is still `\.\.\.`"}}

params = ...

"""A small stand-in for the helper package that course files import by `from d2l import torch`."""

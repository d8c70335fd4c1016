"""Greeting: the template."""


def greet(name):
    """A friendly sentence."""
    raise NotImplementedError


def shout(text):
    """The text in capitals."""
    raise NotImplementedError

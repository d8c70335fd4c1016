"""Greeting: the reference."""


def greet(name):
    """A friendly sentence."""
    return f"Hello, {name}!"


def shout(text):
    """The text in capitals."""
    return text.upper()

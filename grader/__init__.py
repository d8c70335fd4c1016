"""An autograder for deep-learning coursework.

Light on purpose: the worker imports this package next to student code.
"""

__version__ = "0.1.0"

"""An autograder for deep-learning coursework.

Light on purpose: the worker imports this package next to student code.
"""

__version__ = "0.1.0"


def check(stub: str | None = None, lang: str | None = None) -> object:
    """Run the public checks on the functions and classes of the calling notebook, as they are now.

    stub: the name of one, such as "softmax"; all without it. lang: the language of the messages,
    "en" or "zh"; else that of the environment. Returns what the notebook shows; in words, whatever
    goes wrong.
    """
    import sys

    from grader.student.notebook import check_namespace

    return check_namespace(sys._getframe(1).f_globals, stub, lang)

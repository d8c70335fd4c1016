"""What only some people need to have installed: authors, instructors, who has several machines."""

from __future__ import annotations

from importlib import import_module

from grader.errors import UsageError


def require(package: str, extra: str) -> None:
    """Raise UsageError, which says what to install, where a package of an extra is missing."""
    try:
        import_module(package)
    except ModuleNotFoundError:
        raise UsageError(
            f"{package} is not installed. It comes with the extra {extra}: "
            f"pip install -e '.[{extra}]' in the grader's repository"
        ) from None

"""What only authors of assignments need to have installed."""

from __future__ import annotations

from importlib import import_module

from grader.errors import UsageError


def require_author(package: str) -> None:
    """Raise UsageError, which says what to install, where a package of the extra is missing."""
    try:
        import_module(package)
    except ModuleNotFoundError:
        raise UsageError(
            f"{package} is not installed. This is work of an author, and needs the extra: "
            "pip install -e '.[author]' in the grader's repository"
        ) from None

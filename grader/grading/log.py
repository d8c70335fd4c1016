"""The log: the whole outputs and tracebacks behind the sentences that people read."""

from __future__ import annotations

import logging
import traceback
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from grader.errors import InfrastructureError
from grader.i18n.words import _

MOST_BYTES = 2 << 20  # then the file is begun anew, and one older one is kept

_logger = logging.getLogger("grader")
_logger.addHandler(logging.NullHandler())  # else Python prints what nobody keeps


class _Escaped(logging.Formatter):
    """A traceback may hold a student's text, and in it what steers a terminal: that of --debug, and
    that of a person who prints the log file. Nothing is lost, for what is escaped can be read."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return "".join(
            c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text
        )


class _ToList(logging.Handler):
    """What was gathered is escaped where it is written."""

    def __init__(self, kept: list[str]) -> None:
        super().__init__()
        self.kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(self.format(record))


def start(debug: bool) -> None:
    """Write to the user's log file from now on, with `debug` to the screen as well. Once for each
    process; without it nothing is kept."""
    _forget_handlers()
    with suppress(OSError):  # a home that cannot be written has no log
        _logger.addHandler(_to_file())
    _logger.addHandler(logging.NullHandler())
    if debug:
        handler = logging.StreamHandler()
        handler.setFormatter(_Escaped())
        _logger.addHandler(handler)


def gather(kept: list[str]) -> None:
    """Append to a list from now on, and keep nothing on this machine."""
    _forget_handlers()
    _logger.addHandler(_ToList(kept))


def add(lines: list[str]) -> None:
    """Write down what another process has gathered."""
    for line in lines:
        _logger.error("%s", line)


def is_shown() -> bool:
    """Whether this process writes its log to the screen as well."""
    return any(type(handler) is logging.StreamHandler for handler in _logger.handlers)


def keep(error: BaseException) -> None:
    """Write down all that is known of an error."""
    details = error.details if isinstance(error, InfrastructureError) else ""
    trace = "".join(traceback.format_exception(error))
    _logger.error("%s", "\n".join(part for part in (details, trace) if part))


def place() -> str:
    """Where all of it can be read, as a sentence; "" if it was on the screen."""
    if is_shown():
        return ""
    for handler in _logger.handlers:
        if isinstance(handler, logging.FileHandler):
            return _("All of it is in {file}.").format(file=handler.baseFilename)
    return _("No log could be written; with --debug, where a command has it, all of it is shown.")


def _forget_handlers() -> None:
    _logger.propagate = False
    for old in list(_logger.handlers):
        _logger.removeHandler(old)
        old.close()


def _to_file() -> logging.Handler:
    from platformdirs import user_log_path

    file: Path = user_log_path("grader", appauthor=False, ensure_exists=True) / "grader.log"
    file.touch()
    handler = RotatingFileHandler(
        file, maxBytes=MOST_BYTES, backupCount=1, encoding="utf-8", errors="backslashreplace"
    )
    handler.setFormatter(_Escaped("%(asctime)s %(process)d %(message)s"))
    return handler

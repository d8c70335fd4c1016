"""Ctrl-C: the first ends a run in order, the second at once; and how to go on afterwards."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.text import Text

from grader.cli.console import INTERRUPTED, errors

SHOW_CURSOR = b"\x1b[?25h"
MOST_CHARACTERS = 2000  # of a command that is worth printing


@contextmanager
def two_interrupts() -> Iterator[None]:
    """The first Ctrl-C is a KeyboardInterrupt, as ever; a second one, while everything is being put
    away, ends the process. Nothing where Ctrl-C is not heard, as behind `nohup`."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, _end_in_order)
    try:
        yield
    except KeyboardInterrupt:  # before the first submission, or while results are shown
        errors.print(Text("interrupted", "yellow"))
        raise
    finally:
        if signal.getsignal(signal.SIGINT) is _end_in_order:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _end_in_order(_signal: int, _frame: object) -> None:
    signal.signal(signal.SIGINT, _end_at_once)
    raise KeyboardInterrupt


def _end_at_once(_signal: int, _frame: object) -> None:
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), SHOW_CURSOR + b"\n")  # the live display has hidden it
    os._exit(INTERRUPTED)


def say_how_to_go_on(done: int, count: int, is_kept: bool) -> None:
    """After Ctrl-C: what has become of the results, and the command that goes on."""
    kept = "They are kept; to go on with the others:"
    lost = (
        "They are not kept: with --out DIR, a run that is interrupted goes on where it was. To "
        "begin anew:"
    )
    text = f" {done} of {count} were graded. {kept if is_kept else lost}"
    errors.print(Text.assemble(("interrupted:", "yellow"), text), soft_wrap=True)
    errors.print(Text(f"  {command_line() or 'the command that you have typed'}"), soft_wrap=True)


def command_line() -> str:
    """The command as it was typed, for a shell; "" where it is too long to be read."""
    words = list(sys.orig_argv)
    is_script = sys.argv[0] != "-c" and sys.argv[0] in words
    if is_script:  # nobody has typed the interpreter before it
        words = words[words.index(sys.argv[0]) :]
        if shutil.which(Path(words[0]).name) == words[0]:
            words[0] = Path(words[0]).name
    text = " ".join(map(_quoted, words))
    return text if len(text) <= MOST_CHARACTERS else ""


def _quoted(word: str) -> str:
    """A word for a shell; in one that cannot be printed, bytes stand as bash and zsh read them."""
    if word.isprintable():
        return shlex.quote(word)
    plain = [
        chr(byte) if 32 <= byte < 127 and byte not in b"'\\" else f"\\x{byte:02x}"
        for byte in os.fsencode(word)
    ]
    return f"$'{''.join(plain)}'"

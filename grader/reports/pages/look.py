"""How pages are made: templates in which every value is escaped, one style sheet, one small script.

A page is a single file that asks for nothing: its policy lets no script run but the one in it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from grader.i18n.words import _, language
from grader.reports.text import number, printable

TEMPLATES = Path(__file__).parent / "templates"


def page(template: str, style: Sequence[str], script: Sequence[str], **values: object) -> str:
    """A page of a template that extends base.html. style, script: further files of the folder, put
    behind page.css and page.js. Every value is escaped, unless it is `Markup`."""
    code = _joined(("page.js", *script))
    return (
        environment()
        .get_template(template)
        .render(
            values,
            style=Markup(_joined(("page.css", *style))),
            script=Markup(code),
            policy=policy(code),
            language=language(),
        )
    )


def part(template: str, style: Sequence[str], **values: object) -> str:
    """What stands in a page of somebody else, such as a notebook: HTML with a style of its own."""
    text = Markup(_joined(tuple(style)))
    return environment().get_template(template).render(values, style=text)


def policy(script: str) -> str:
    """What a browser lets the page do: run this one script, and show images that are in it."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


@lru_cache(1)
def environment() -> Environment:
    """Where templates come from. In them `_` translates and `number` writes points."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.globals["_"] = _
    found.filters["number"] = number
    return found


def _shown(value: object) -> object:
    """What stands for a value in a page: nothing in a text steers its reader."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return printable(value)
    return value


@lru_cache
def _joined(files: tuple[str, ...]) -> str:
    return "\n".join((TEMPLATES / file).read_text("utf-8").strip() for file in files)

"""What the code inside the box says. It has no catalogues there, so the trusted side recognises its
sentences and translates them."""

from __future__ import annotations

import re

from grader.i18n.words import ENGLISH, N_, _, language

DRIVERS = N_("left out, because it trains, prints, plots or compares at top level: {places}")
SENTENCES = (
    DRIVERS,
    N_("{stub}: your code is still missing"),
    N_("it raises NotImplementedError"),
    N_("it calls the course helper of the same name: write it yourself"),
    N_("`{name}` is not defined in the submission"),
    N_("`{name}` is not defined at the top level of the submission"),
    N_("`{name}` is the ready-made {made}: write it yourself"),
    N_("`{name}` is defined inside {outer}: define it at the top level"),
    N_("the class `{name}` is not defined in the submission"),
    N_("`{method}` is not defined in the class `{name}`"),
    N_("`{name}` is defined outside the class: move it into `{owner}`"),
    N_("`{name}` takes ({order}): its arguments are bound by name"),
    N_("`{name}` was found under the name `{used}`"),
    N_("{place}: stopped after {seconds} seconds"),
    N_("{place}: the package {name} is not installed here; skipped"),
    N_("{place}: failed: {error}"),
)


def is_about_drivers(note: str) -> bool:
    """Whether a note tells what every template leaves out, and nothing to repair."""
    return note.startswith(_(DRIVERS).partition("{")[0])


def translated(text: str) -> str:
    """A sentence from the box in the language of the moment; what is not known, as it is."""
    for sentence in SENTENCES if language() != ENGLISH else ():
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(sentence))
        match = re.fullmatch(pattern, text, re.DOTALL)
        if match:
            return _(sentence).format(**match.groupdict())
    return text

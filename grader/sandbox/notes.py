"""What a sandbox has to say, in the reader's language. The box sends codes with parameters."""

from __future__ import annotations

from typing import Any

from grader.i18n.words import N_, _
from grader.sandbox.inside.notes import Note

MOST_NOTES = 300
MOST_CHARACTERS = 500  # of one parameter

SENTENCES = {
    # of loading
    "cannot_compile": N_("{place}: Python cannot compile it: {error}"),
    "stopped": N_("{place}: stopped after {seconds} seconds"),
    "no_package": N_("{place}: there is no package {name} here, and {name}.py was not handed in"),
    "failed": N_("{place}: failed: {error}"),
    "ended": N_("{place}: left out: {event} while it ran"),
    "not_on_device": N_("it cannot be loaded on {device} and runs on the processor: {event}"),
    # of names and arguments
    "reordered": N_("`{name}` takes ({order}): its arguments are bound by name"),
    "other_name": N_("`{name}` was found under the name `{used}`"),
    "by_place": N_("`{name}({order})`: the arguments were given by place: {given}"),
    # of what is missing
    "unwritten": N_("{stub}: your code is still missing"),
    "not_implemented": N_("it raises NotImplementedError ({place})"),
    "said": "{text}",  # the student's own words
    "short_cut": N_("it calls the course helper of the same name: write it yourself"),
    "eager": N_("torch.compile does nothing here: what it is given runs as it is written"),
    "no_stub": N_("`{name}` is not defined in the submission"),
    "did_you_mean": N_(
        "`{name}` is not defined. Did you mean `{near}` ({place})? Rename it to `{name}`."
    ),
    "function_for_class": N_(
        "`{used}` ({place}) is a function; the text asks for a class `{name}`"
    ),
    "class_for_function": N_(
        "`{used}` ({place}) is a class; the text asks for a function `{name}`"
    ),
    "async": N_("`{used}` ({place}) is an async function: the text asks for a plain `def`"),
    "object": N_(
        "`{used}` ({place}) is an object of the class `{kind}`; the text asks for a function "
        "`{name}`"
    ),
    "other_parameters": N_(
        "`{used}` ({place}) takes ({taken}); the text asks for `{name}({asked})`"
    ),
    "open_value": N_("`{name}` is still `...`: give it a value"),
    "none": N_("`{name}` is None: give it a value"),
    "no_value": N_("`{name}` is not defined at the top level of the submission"),
    "ready_made": N_("`{name}` is the ready-made {made}: write it yourself"),
    "ready_made_class": N_("`{name}` is the ready-made {made}"),
    "in_class": N_("`{name}` is defined inside the class {outer}: define it at the top level"),
    "in_function": N_(
        "`{name}` is defined inside the function {outer}: define it at the top level"
    ),
    "no_class": N_("the class `{name}` is not defined in the submission"),
    "no_method": N_("`{method}` is not defined in the class `{name}`"),
    "outside_class": N_("`{name}` is defined outside the class: move it into `{owner}`"),
}


def sentence(note: Note) -> str:
    """A note in the language of the moment."""
    code, parameters = note
    text = _(SENTENCES[code]).format(**parameters)
    if {"lost", "stubs"} <= parameters.keys():
        loss = _("{problem}; so {lost} is missing, which {stubs} needs")
        text = loss.format(problem=text, lost=parameters["lost"], stubs=parameters["stubs"])
    return text


def read(value: Any) -> Note | None:
    """A note from what came out of a box; None for anything else, since it comes from beside
    student code."""
    if not (isinstance(value, (list, tuple)) and len(value) == 2):
        return None
    code, parameters = value
    if not (isinstance(code, str) and code in SENTENCES and isinstance(parameters, dict)):
        return None
    known = {k: v[:MOST_CHARACTERS] for k, v in parameters.items() if isinstance(v, str)}
    try:
        SENTENCES[code].format(**known)
    except (KeyError, TypeError):
        return None
    return code, known


def read_all(value: Any) -> list[Note]:
    """The notes in an answer to loading."""
    answers = value[:MOST_NOTES] if isinstance(value, list) else []
    return [note for note in map(read, answers) if note is not None]

"""Who is meant where somebody types a name."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from grader.errors import UsageError
from grader.gradebook.grades import Member
from grader.gradebook.names import folded, name_key

NEAR = 5  # people whom a sentence names


def meant(members: Sequence[Member], text: str, where: str) -> Member:
    """The person who is meant by a name, an id or an email, or by a part of one that nobody else
    has. where: what these people are in. Raises UsageError, which names those who may be meant."""
    key, name = folded(text), name_key(text)
    exact = [each for each in members if key and key in _keys(each)]
    exact = exact or [each for each in members if name and name_key(each.name) == name]
    part = [
        each
        for each in members
        if any(key in own for own in _keys(each)) or (name and name in name_key(each.name))
    ]
    found = exact or (part if key else [])
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{text} may be {_listed(found)}. Say which by an id or an email.")
    keys = {name_key(each.name): each for each in members}
    near = [keys[each] for each in get_close_matches(name, keys, n=NEAR)]
    hint = f" Near is {_listed(near)}." if near else ""
    raise UsageError(f"Nobody in {where} is called {text}.{hint}")


def _keys(member: Member) -> list[str]:
    return [*member.ids, folded(member.email)]


def _listed(members: Sequence[Member]) -> str:
    named = [f"{each.name} ({', '.join(filter(None, _keys(each)))})" for each in members[:NEAR]]
    return ", ".join(named).replace(" ()", "") + (", …" if len(members) > NEAR else "")

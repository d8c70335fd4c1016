"""Turns tests that share a namespace with student code into checks that see it through a wall."""

from __future__ import annotations

import ast
import builtins
import dataclasses
import re
from collections.abc import Iterable

from grader.course.importing.bodies import asserts, body_of, flat, is_expression, without_values
from grader.course.importing.draft import Draft, Test, counted
from grader.course.importing.hands import hands, importable
from grader.course.importing.model import Check, Namespace, Statement, statements
from grader.course.importing.names import outer_names, prefixed, text_of
from grader.course.importing.notebook import is_python
from grader.course.importing.outputs import compared, is_text_only
from grader.course.importing.stubs import Stub
from grader.sandbox.inside.uses import bound_in


class Maker:
    """Makes the checks of all tests, one after the other."""

    def __init__(self, draft: Draft, space: Namespace) -> None:
        self.draft = draft
        self.space = space
        self.taken: set[str] = set()
        self.earlier: list[Statement] = []  # of tests before this one

    def checks(self) -> list[Check]:
        made: list[Check] = []
        for test in self.draft.tests:
            if not is_python(test.source):
                self.draft.note(test.cell, "a test that is not Python", "Write a check for it.")
                continue
            made += self._of(test)
            self.earlier += _bound_by(test)
        return made

    def _of(self, test: Test) -> list[Check]:
        """A public or a hidden check. Where a part of the test was hidden, both: the hidden one is
        the whole test and has its points, the public one shows students what they saw of it."""
        whole = self._check(test, test.source, public=not test.hidden and test.shown is None)
        shown = self._check(test, test.shown, public=True, quiet=True) if test.shown else None
        if shown and whole:
            shown.points = 0.0
        return [check for check in (shown, whole) if check is not None]

    def _check(self, test: Test, source: str, public: bool, quiet: bool = False) -> Check | None:
        """quiet: what needs a hand is said of the whole test, and a part that asserts nothing is of
        no use."""
        nodes, sentence, source = body_of(source)
        if not public and test.shown is None:
            sentence = ""  # nobody has seen it
        used = self._stubs_in(nodes)
        if not nodes or not used:
            if not quiet:
                what = f"a test of nothing that students write ({counted(test.points or 0)})"
                self.draft.note(test.cell, what, "It was left out: write a check if it matters.")
            return None
        stub = self._owner(used, source)
        lines, header, reached = self._lines(nodes, source, test, public)
        if quiet and not asserts(lines):
            return None
        header, missing = importable(header)
        imports = self._compare_output(test, lines)
        if not public:
            lines = [without_values(line) for line in lines]
        sentence = test.sentence or sentence or f"{stub.name} passes the tests of `{test.label}`."
        name = self._name(test, stub, public)
        points = test.points or 0.0
        check = Check(name, stub, sentence, lines, header, points, public, imports)
        check.reads = set(re.findall(r"\bsubmission\.(\w+)", "\n".join(lines)))
        others = set() if quiet else used - {stub.owner}
        found = [*hands(check, self.space, missing, reached, others)]
        check.by_hand = [*dict.fromkeys(hand.what for hand in found if hand.urgent)]
        if found:
            what = "; ".join(dict.fromkeys(hand.what for hand in found))
            todo = " ".join(dict.fromkeys(hand.todo for hand in found))
            self.draft.note(test.cell, f"{name}: {what}", todo)
        return check

    def _stubs_in(self, nodes: list[ast.stmt]) -> set[str]:
        """The stubs' names that a test uses, also by what it takes from the notebook."""
        names = {name.id for node in nodes for name in outer_names(node)}
        direct = {name for name in names if name in self.space.stubs}
        return direct or {each for each in self._reach(names) if each in self.space.stubs}

    def _reach(self, names: Iterable[str]) -> set[str]:
        """All names that these lead to, by what the notebook binds."""
        reached, waiting = set(), [*names]
        while waiting:
            name = waiting.pop()
            if name in reached:
                continue
            reached.add(name)
            if name not in self.space.stubs:
                for each in (*self.space.given, *self.earlier):
                    waiting += each.reads if name in each.binds else ()
        return reached

    def _owner(self, used: set[str], source: str) -> Stub:
        """The stub of a test: the one that is defined last; of a class, its last method that the
        test calls."""
        name = max(used, key=lambda each: self.space.order[each])
        own = self.space.stubs[name]
        called = {
            node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)
        }
        return ([stub for stub in own if stub.name.rpartition(".")[2] in called] or own)[-1]

    def _lines(
        self, nodes: list[ast.stmt], source: str, test: Test, public: bool
    ) -> tuple[list[str], list[Statement], set[str]]:
        """The lines of a check, what stands above it, and the names that it takes from the
        student's file although students are given them."""
        needed = [
            each
            for node in nodes
            if isinstance(node, ast.Import | ast.ImportFrom)
            for each in statements(text_of(source, node), test.after)
        ]
        nodes = [node for node in nodes if not isinstance(node, ast.Import | ast.ImportFrom)]
        local = {name for each in needed for name in each.binds}
        for node in nodes:
            names = {name.id for name in outer_names(node)} - local
            for each in self._needed(names, test, public):
                if each not in needed:
                    needed.append(each)
            local |= bound_in([node])
        own = [each for each in needed if self._stays_inside(each)]
        header = [each for each in needed if each not in own]
        reached: set[str] = set()
        lines: list[str] = []
        bound = {name for each in header for name in each.binds}
        for text in [*(each.text for each in own), *(text_of(source, node) for node in nodes)]:
            outside = {name.id for name in outer_names(ast.parse(text))} - bound
            theirs = {name for name in outside if self._is_theirs(name)}
            reached |= theirs - self.space.stubs.keys()
            lines.append(prefixed(flat(text), theirs, "submission"))
            bound |= bound_in(ast.parse(text).body)
        return lines, header, reached

    def _needed(self, names: Iterable[str], test: Test, public: bool) -> list[Statement]:
        """The statements before a test that bind these names, with what they need, in order; for a
        public one nothing hidden."""
        pool = [each for each in self.space.given if each.position <= test.after] + self.earlier
        pool = [each for each in pool if not (public and each.hidden)]
        pool.sort(key=lambda each: each.position)
        found: list[Statement] = []
        waiting = [name for name in names if not self._is_theirs(name)]
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            binding = [each for each in pool if name in each.binds]
            fresh = [n for n, each in enumerate(binding) if name not in each.reads]
            for each in binding[fresh[-1] if fresh else 0 :]:
                if each not in found:
                    found.append(each)
                    waiting += [read for read in each.reads if not self._is_theirs(read)]
        return sorted(found, key=pool.index)

    def _is_theirs(self, name: str) -> bool:
        """Whether a name is looked up in the student's program: a stub, or something given that
        needs one."""
        if name in self.space.stubs or name in self.space.private:
            return True
        if any(name in each.binds for each in self.earlier) or hasattr(builtins, name):
            return False
        if not any(name in each.binds for each in self.space.given):
            return False
        reached = self._reach([name])
        return bool(reached & (self.space.stubs.keys() | self.space.private))

    def _stays_inside(self, each: Statement) -> bool:
        return each.kind == "data" or (each.from_test and each.kind == "definition")

    def _compare_output(self, test: Test, lines: list[str]) -> set[str]:
        """Turn the last line of a test with a shown value into a comparison."""
        if test.output is None or not lines:
            return set()
        expression = lines[-1].strip()
        if not is_expression(expression):
            return set()
        if not test.output:
            self.draft.note(
                test.cell,
                f"a test of which the notebook does not show the value: `{expression[:60]}`",
                "Run the notebook and import it again, or compare the value in the check.",
            )
            return set()
        lines[-1], imported = compared(expression, test.output)
        if is_text_only(test.output):
            self.draft.note(
                test.cell,
                "a value that is compared by its text",
                "Compare what matters of it: shape, values, names.",
            )
        return {imported} - {""}

    def _name(self, test: Test, stub: Stub, public: bool) -> str:
        label = re.sub(r"\W+", "_", test.label).strip("_").lower()
        label = re.sub(r"^(test_)+|_?tests?$", "", label)
        if not label or re.fullmatch(r"cell_?[0-9a-f]*", label):
            label = re.sub(r"\W+", "_", stub.name).lower()
        base = f"test_{label}" if public else f"test_{label}_hidden"
        name, number = base, 1
        while name in self.taken:
            number += 1
            name = f"{base}_{number}"
        self.taken.add(name)
        return name


def _bound_by(test: Test) -> list[Statement]:
    """The statements of a test that later ones may need."""
    seen = "" if test.hidden else test.source if test.shown is None else test.shown
    public = {each.text for each in statements(seen, test.after)}
    return [
        dataclasses.replace(each, hidden=each.text not in public)
        for each in statements(test.source, test.after, from_test=True)
        if each.binds and not each.text.startswith(("assert", "print"))
    ]

"""What the trusted side has compiled, of the solution and of operations, for boxes that want the
same.

A process of JAX compiles each function and each operation for each shape, which takes several times
as long as to run them all, and no process may be forked once it has. So without this most of a
grading is compiling, again and again, what was compiled for the reference.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from grader.course.assignment import Assignment
from grader.grading.memory_folder import memory_folder
from grader.sandbox.inside import frameworks

ROOM = 256 << 20  # bytes; a suite of ours takes two million


@contextlib.contextmanager
def compiled(assignment: Assignment, shared: Path | None = None) -> Iterator[Path | None]:
    """A folder for what this process compiles for an assignment; None where nothing can be kept.
    shared: one that others use, too, and remove.

    Threat: among it is the solution. A process of a box opens a file whose name it knows, which is
    a digest of what it wants compiled; it lists nothing, so it can have the compiled solution only
    if it has the solution. Test: test_compiled_functions_are_taken_by_name_only
    """
    if shared or not frameworks.named(assignment.framework).shares_compiled:
        yield shared
        return
    with memory_folder(ROOM) as outer:
        folder = outer / "compiled"
        folder.mkdir()
        is_root = os.geteuid() == 0  # whose boxes have another user
        is_closed = is_root and not folder.stat().st_mode & 0o004  # and so will be its files
        outer.chmod(0o711 if is_root else 0o700)
        folder.chmod(0o311)
        try:
            yield None if is_closed else folder
        finally:
            folder.chmod(0o700)

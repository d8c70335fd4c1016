"""From an upload to a sandbox that has loaded it. Imports no torch, so that a box can start while
the trusted side is still importing it."""

from __future__ import annotations

from grader.course.assignment import Assignment
from grader.errors import SandboxEvent
from grader.sandbox.host import Host
from grader.sandbox.sandbox import Sandbox, Source
from grader.submissions.reading import Submission


def box_for(upload: Submission, assignment: Assignment, host: Host) -> Sandbox:
    """The sandbox of one submission."""
    source = Source(
        upload.cells,
        upload.helpers,
        assignment.stand_ins(),
        assignment.contract,
        host.device,
        assignment.parts,
    )
    return Sandbox(source, host, assignment.load_seconds)


def load(sandbox: Sandbox) -> SandboxEvent | None:
    """Load the submission; what prevented it, or None. Raises InfrastructureError."""
    try:
        sandbox.load()
    except SandboxEvent as event:
        return event
    return None

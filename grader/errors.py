"""Everything that can go wrong, as types with a sentence for the person who reads it.

GraderError                    base: catch it where a command turns errors into exit codes
├── UsageError                 the command or the assignment's own files are wrong: exit code 2
│   ├── AssignmentError        an assignment folder is missing or malformed
│   └── DatasetError           no usable data set, or its checksum does not fit
├── UnreadableSubmission       this upload cannot be read: a record says so, the batch goes on
├── InfrastructureError        our fault or the machine's: never costs a point, exit code 3
│   └── IsolationUnavailable   the demanded isolation level cannot be had here
└── SandboxEvent               something that one submission did, seen from the trusted side
    ├── StudentError           its code raised: type, message and its own lines
    ├── MissingStub            the stub is not there, or not written yet
    ├── DeadlineExceeded       it did not answer in time
    ├── ProcessDied            its process ended (os._exit, a crash, out of memory)
    │   └── LimitExceeded      its processes together took too much memory or disk
    └── ProtocolError          it sent bytes that are no message of ours
"""

from __future__ import annotations


class GraderError(Exception):
    """Base of all errors of this package; str(error) is one sentence for the reader."""


class UsageError(GraderError):
    """The command line or an author's file asks for something that cannot be done."""


class AssignmentError(UsageError):
    """An assignment's folder or its assignment.toml is missing or malformed."""


class DatasetError(UsageError):
    """No usable copy of a data set was found, or a file's checksum does not fit."""


class UnreadableSubmission(GraderError):
    """An upload that cannot be read as a program; str(error) tells the student why."""


class InfrastructureError(GraderError):
    """The grader or the machine failed, not the student. `details`, such as all that a process of
    ours printed, go into the log."""

    def __init__(self, sentence: str, details: str = "") -> None:
        super().__init__(sentence)
        self.details = details


class IsolationUnavailable(InfrastructureError):
    """This machine cannot give the isolation level that was asked for."""


class SandboxEvent(GraderError):
    """Something a submission did inside its sandbox, as the trusted side saw it."""


class StudentError(SandboxEvent):
    """The submission's code raised an exception. loss: why a name that it looked up is missing."""

    def __init__(self, kind: str, message: str, trace: str, loss: str = "") -> None:
        super().__init__(f"{kind}: {message}" if message else kind)
        self.kind = kind
        self.message = message
        self.trace = trace
        self.loss = loss

    def __reduce__(self) -> tuple[type[StudentError], tuple[str, str, str, str]]:
        return type(self), (self.kind, self.message, self.trace, self.loss)  # between jobs


class MissingStub(SandboxEvent):
    """The stub is not defined in the submission, or still as the template left it. `code` says
    which of these, as sandbox/notes.py calls it, with the parameters of the sentence."""

    def __init__(self, sentence: str, code: str = "", parameters: dict[str, str] | None = None):
        super().__init__(sentence)
        self.code = code
        self.parameters = parameters or {}


class DeadlineExceeded(SandboxEvent):
    """The submission did not answer within its time."""


class ProcessDied(SandboxEvent):
    """The submission's process ended while an answer was due; `reason`, where one is known, is in
    the sentence too."""

    def __init__(self, sentence: str, reason: str = "") -> None:
        super().__init__(sentence)
        self.reason = reason


class LimitExceeded(ProcessDied):
    """The submission's processes together took more memory, or wrote more to the disk, than one
    submission may have."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, reason=sentence)


class ProtocolError(SandboxEvent):
    """The submission's side sent something that is no message of the protocol."""

"""Keeping the results of a run in a gradebook, each as soon as it is made."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.errors import UnreadableSubmission
from grader.gradebook import models, people
from grader.gradebook.attempts import (
    assignment_named,
    attempt_of,
    decoded,
    enrich,
    keep_version,
    newest,
    now,
)
from grader.gradebook.database import Database
from grader.grading.records import Record
from grader.grading.scoring import Result
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.discovery import name_of, place_of, telling_names
from grader.submissions.packed import digest_of, pack
from grader.submissions.uploads import Upload

MAX_KEPT = 4 << 20  # bytes of one upload's code, compressed


class BookKeeper:
    """The results of one assignment in a gradebook.

    unkept: how many results could not be written.
    """

    def __init__(self, database: Database, assignment: str, uploads: Sequence[Upload]) -> None:
        self.database = database
        self.assignment = assignment
        self.unkept = 0
        self._uploads = {well_formed(str(upload.path)): upload for upload in uploads}
        self._names = dict(zip(self._uploads, telling_names([*self._uploads.values()])))

    def check_room(self) -> None:
        """Raises UsageError where nothing can be written. Names that several people of this run
        have tell nobody from now on."""
        with self.database.writing() as session:
            assignment_named(session, self.assignment)
            origins = [upload.origin for upload in self._uploads.values()]
            told = [one for each in origins for one in people.told_by(each, self.assignment)]
            people.set_apart(session, told)

    def earlier(self, upload: Upload) -> Record | None:
        """What counts of the attempt that this upload is, under the path that is typed now."""
        digest = digest_of(upload)
        with self.database.reading() as session:
            attempt = self._attempt(session, upload, digest, self._known(session, upload, digest))
            row = newest(session, attempt) if attempt else None
            record = decoded(row.data) if row else None
        path = well_formed(str(upload.path))
        return msgspec.structs.replace(record, path=path) if record else None

    def keep(self, result: Result) -> None:
        """Keep what was seen. Raises UsageError where it cannot be written."""
        record = result.record
        upload = self._uploads.get(record.path) or Upload(Path(record.path), record.origin)
        digest = digest_of(upload)
        try:
            packed = pack(upload)
        except UnreadableSubmission:
            packed = b""
        self.unkept += 1
        with self.database.writing() as session:
            owners = self._owners(session, upload, digest)
            attempt = self._attempt(session, upload, digest, owners)
            if attempt is None:
                attempt = self._new(session, digest)
            is_changed = attempt.digest != digest
            attempt.digest = digest
            attempt.place = place_of(upload.path)
            enrich(attempt, upload.origin)
            attempt.people.extend(each for each in owners if each not in attempt.people)
            session.flush()
            keep_version(session, attempt, record, is_changed)
            if 0 < len(packed) <= MAX_KEPT and session.get(models.Upload, digest) is None:
                session.add(models.Upload(digest=digest, data=packed))
        self.unkept -= 1

    def _attempt(
        self, session: Session, upload: Upload, digest: str, owners: Sequence[models.Person]
    ) -> models.Attempt | None:
        return attempt_of(owners, self.assignment, upload.origin, digest)

    def _new(self, session: Session, digest: str) -> models.Attempt:
        attempt = models.Attempt(
            assignment=assignment_named(session, self.assignment),
            number=0,
            reader="",
            digest=digest,
            place="",
            kept=now(),
        )
        session.add(attempt)
        return attempt

    def _known(self, session: Session, upload: Upload, digest: str) -> list[models.Person]:
        """Those of whom the book knows already that an upload is theirs."""
        told = people.told_by(upload.origin, self.assignment)
        known = [person for each in told for person in people.found(session, each)]
        if told and (known or any(each.sure for each in told)):
            return list(dict.fromkeys(known))
        person = people.found_at(session, place_of(upload.path), self._name(upload))
        person = person or self._before(session, upload, digest)
        return [person] if person else []

    def _owners(self, session: Session, upload: Upload, digest: str) -> list[models.Person]:
        """Those who handed an upload in, with what is told of them now."""
        told = people.told_by(upload.origin, self.assignment)
        known = [people.person_of(session, each) for each in told]
        owners = list(dict.fromkeys(person for person in known if person is not None))
        if owners:
            return owners
        name = told[0].name if told else self._name(upload)
        before = self._before(session, upload, digest)
        return [people.person_at(session, place_of(upload.path), name, before)]

    def _before(self, session: Session, upload: Upload, digest: str) -> models.Person | None:
        """Whose upload this was when it lay elsewhere, where only files are known: two equal files
        that lie side by side are those of two people."""
        equal = select(models.Attempt).where(models.Attempt.digest == digest)
        for attempt in session.scalars(equal):
            of_nobody = [each for each in attempt.people if not each.is_known]
            if attempt.assignment.name != self.assignment or not of_nobody:
                continue
            is_renamed = of_nobody[0].name != self._name(upload)
            if not (is_renamed and os.path.lexists(attempt.place)):
                return of_nobody[0]
        return None

    def _name(self, upload: Upload) -> str:
        """What somebody is called of whom only a file is known."""
        place = well_formed(str(upload.path))
        return people.clean(self._names.get(place, "") or name_of(upload.path))

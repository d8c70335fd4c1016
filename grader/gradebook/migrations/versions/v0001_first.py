"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "people",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("is_expected", sa.Boolean, nullable=False),
        sa.Column("is_known", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_table(
        "identities",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("kind", "value", name="pk_identities"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_identities_person_id"),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assignments"),
        sa.UniqueConstraint("name", name="uq_assignments_name"),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("assignment_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("time", sa.DateTime, nullable=True),
        sa.Column("is_late", sa.Boolean, nullable=True),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("kept", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name="fk_attempts_assignment_id"
        ),
    )
    op.create_table(
        "attempt_people",
        sa.Column("attempt_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", "person_id", name="pk_attempt_people"),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name="fk_attempt_people_attempt_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_attempt_people_person_id"),
    )
    op.create_table(
        "records",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("attempt_id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("time", sa.DateTime, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_records"),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name="fk_records_attempt_id"),
        sa.UniqueConstraint("attempt_id", "version", name="uq_records_attempt_id"),
    )
    op.create_table(
        "uploads",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_uploads"),
    )
    op.create_table(
        "adjustments",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("assignment_id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("stub", sa.Text, nullable=True),
        sa.Column("points", sa.Float, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("time", sa.DateTime, nullable=False),
        sa.Column("withdrawn", sa.DateTime, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_adjustments"),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name="fk_adjustments_assignment_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_adjustments_person_id"),
    )
    op.create_table(
        "policies",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("time", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_policies"),
    )
    for table, column in (
        ("identities", "person_id"),
        ("attempts", "assignment_id"),
        ("attempts", "digest"),
        ("attempt_people", "person_id"),
        ("adjustments", "assignment_id"),
        ("adjustments", "person_id"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])

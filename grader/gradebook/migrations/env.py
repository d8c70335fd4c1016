"""What Alembic runs: the steps, in the transaction of whoever opens the book."""

from __future__ import annotations

from alembic import context

from grader.gradebook.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by making it again
)
context.run_migrations()

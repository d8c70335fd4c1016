"""The steps from one shape of the gradebook's tables to the next, for Alembic."""

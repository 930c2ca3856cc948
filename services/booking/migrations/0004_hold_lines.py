"""Holds of several people, and of several procedures for one.

The new column is null for everybody else, so that the release before this one goes on writing.
"""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("ALTER TABLE hold ADD COLUMN lines jsonb")

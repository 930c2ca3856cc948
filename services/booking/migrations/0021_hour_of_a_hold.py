"""How long a session has had the time it holds, and which times it gave back a moment ago.

The release before writes neither: for its holds the ten minutes begin when they are made.
"""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE hold ADD COLUMN first_until timestamptz NOT NULL"
        " DEFAULT clock() + interval '10 minutes', ADD COLUMN earlier jsonb"
    )

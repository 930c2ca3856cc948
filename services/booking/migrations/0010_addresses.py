"""Where offices move to, and what is no longer offered."""

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS = (
    """
    ALTER TABLE office
        ADD COLUMN later jsonb NOT NULL DEFAULT '[]',
        ADD COLUMN hidden boolean NOT NULL DEFAULT false
    """,
    "ALTER TABLE procedure ADD COLUMN hidden boolean NOT NULL DEFAULT false",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

"""When an origin may try again, and the wrong tries of everybody by minute."""

from alembic import op

revision = "0019"
down_revision = "0018"

STATEMENTS = (
    "ALTER TABLE wrong_try ADD COLUMN next_at timestamptz",
    "CREATE TABLE miss_minute (minute timestamptz PRIMARY KEY, misses integer NOT NULL)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

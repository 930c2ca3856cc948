"""When an origin may try again, and the wrong tries of everybody by minute."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE origin_try ADD COLUMN next_at timestamptz",
    "CREATE TABLE miss_minute (minute timestamptz PRIMARY KEY, misses integer NOT NULL)",
)


def upgrade():
    for statement in STATEMENTS:
        op.execute(statement)

"""How long a visit takes from a day on, at all offices or at one."""

from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.execute("ALTER TABLE procedure ADD COLUMN lengths jsonb NOT NULL DEFAULT '[]'")

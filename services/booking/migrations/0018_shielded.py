"""Cards of persons who are not served online (支援措置)."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute("ALTER TABLE card ADD COLUMN shielded boolean NOT NULL DEFAULT false")

"""Cards of persons who are in eligibility's list no more."""

from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.execute("ALTER TABLE card ADD COLUMN withdrawn boolean NOT NULL DEFAULT false")

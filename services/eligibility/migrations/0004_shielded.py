"""Persons who are not served online (支援措置): a flag without a reason."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE person ADD COLUMN shielded boolean NOT NULL DEFAULT false")

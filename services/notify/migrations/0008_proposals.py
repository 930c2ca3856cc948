"""Another time that is held for whoever lost theirs, because mails say it."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        "ALTER TABLE delivery ADD COLUMN proposed_office_id text,"
        " ADD COLUMN proposed_starts_at timestamptz, ADD COLUMN held_until timestamptz"
    )

"""Which series the time of a booking comes from, so that mails can say what holds for it."""

from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.execute("ALTER TABLE booking ADD COLUMN series_id text")

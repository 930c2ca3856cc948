"""Bookings of which booking could not send every fact: nobody is reminded of them."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE watermark ADD COLUMN parked uuid[] NOT NULL DEFAULT '{}'")

"""An index of the bookings that still stand: the page of the day asks for those left open."""

from alembic import op

revision = "0017"
down_revision = "0016"

INDEX = """
CREATE INDEX booking_standing ON booking (office_id, starts_at, booking_id)
    WHERE status IN ('confirmed', 'arrived')
"""


def upgrade() -> None:
    op.execute(INDEX)

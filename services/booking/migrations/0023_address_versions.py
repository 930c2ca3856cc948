"""The version in which the address of a booking last changed."""

from alembic import op

revision = "0023"
down_revision = "0022"

STATEMENTS = (
    "ALTER TABLE booking ADD COLUMN contact_version integer NOT NULL DEFAULT 1",
    """
    UPDATE booking SET contact_version = changed.version
    FROM (SELECT booking_id, max(version) AS version FROM booking_history
        WHERE what IN ('updated', 'replaced') GROUP BY booking_id) AS changed
    WHERE changed.booking_id = booking.booking_id AND booking.contact IS NOT NULL
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

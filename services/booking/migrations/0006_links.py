"""Links in mails that open a booking: only a digest of each is kept."""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = (
    """
    CREATE TABLE booking_link (
        digest text PRIMARY KEY,
        booking_id uuid NOT NULL REFERENCES booking,
        made_at timestamptz NOT NULL DEFAULT clock()
    )
    """,
    "CREATE INDEX ix_booking_link_booking_id ON booking_link (booking_id)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

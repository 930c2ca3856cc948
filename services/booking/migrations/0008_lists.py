"""Indexes for the lists of staff: by appointment within each word, and by time of booking."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = (
    "CREATE INDEX booking_day ON booking (starts_at, booking_id)",
    "CREATE INDEX booking_entry ON booking (booked_at, booking_id)",
    "CREATE INDEX booking_status_day ON booking (status, starts_at, booking_id)",
    "CREATE INDEX booking_status_entry ON booking (status, booked_at, booking_id)",
    "CREATE INDEX booking_procedure_day ON booking (procedure_id, starts_at, booking_id)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

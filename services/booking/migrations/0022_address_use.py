"""Which bookings have which address, and addresses that wait for the first mail to be opened."""

from alembic import op

revision = "0022"
down_revision = "0021"

STATEMENTS = (
    """
    CREATE TABLE address_use (
        booking_id uuid PRIMARY KEY REFERENCES booking,
        address text NOT NULL,
        by_name boolean NOT NULL,
        waiting text,
        since timestamptz NOT NULL,
        opened_at timestamptz
    )
    """,
    "CREATE INDEX ix_address_use_address ON address_use (address)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

"""What a search has found, for some minutes."""

from alembic import op

revision = "0007"
down_revision = "0006"

TABLE = """
CREATE TABLE found (
    found_id uuid PRIMARY KEY,
    owner text NOT NULL REFERENCES staff,
    bookings uuid[] NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
)
"""


def upgrade() -> None:
    op.execute(TABLE)

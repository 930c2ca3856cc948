"""What the counter should know of a visit: needs, cards, the letter of inquiry, a phone number.

Also who comes together, further procedures of a visit, and when its person was erased.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    """
    ALTER TABLE booking
        ADD COLUMN also text[] NOT NULL DEFAULT '{}',
        ADD COLUMN party_id uuid,
        ADD COLUMN phone text,
        ADD COLUMN needs text[] NOT NULL DEFAULT '{}',
        ADD COLUMN cards integer,
        ADD COLUMN has_inquiry boolean,
        ADD COLUMN erased_at timestamptz
    """,
    "CREATE INDEX ix_booking_party_id ON booking (party_id)",
    "CREATE INDEX booking_to_erase ON booking (starts_at) WHERE erased_at IS NULL",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

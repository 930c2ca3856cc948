"""Which cards were laid out for a day."""

from alembic import op

revision = "0013"
down_revision = "0012"

STATEMENTS = (
    """
    CREATE TABLE preparation (
        booking_id uuid PRIMARY KEY REFERENCES booking,
        office_id text NOT NULL,
        day date NOT NULL,
        card_key text,
        prepared_by text NOT NULL,
        prepared_at timestamptz NOT NULL DEFAULT clock()
    )
    """,
    "CREATE INDEX preparation_day ON preparation (office_id, day)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

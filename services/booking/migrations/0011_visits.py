"""What the counter stamps on a visit: 受付番号, 受付, 呼出, the end, outcomes beside the first."""

from alembic import op

revision = "0011"
down_revision = "0010"

STATEMENTS = (
    """
    CREATE TABLE visit (
        booking_id uuid PRIMARY KEY REFERENCES booking,
        office_id text NOT NULL,
        day date NOT NULL,
        reception integer,
        arrived_at timestamptz,
        called_at timestamptz,
        window_id integer,
        calls integer NOT NULL DEFAULT 0,
        finished_at timestamptz,
        outcomes jsonb NOT NULL DEFAULT '{}',
        CONSTRAINT visit_reception UNIQUE (office_id, day, reception)
    )
    """,
    """
    CREATE TABLE reception_count (
        office_id text NOT NULL,
        day date NOT NULL,
        last integer NOT NULL,
        PRIMARY KEY (office_id, day)
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

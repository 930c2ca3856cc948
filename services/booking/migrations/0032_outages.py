"""When the national system failed, and whom that met: they may choose another time."""

from alembic import op

revision = "0032"
down_revision = "0031"

STATEMENTS = (
    """
    CREATE TABLE outage (
        outage_id uuid NOT NULL PRIMARY KEY,
        office_ids text[] NOT NULL,
        procedure_ids text[] NOT NULL,
        last_day date NOT NULL,
        started_at timestamptz NOT NULL DEFAULT clock(),
        started_by text NOT NULL,
        ended_at timestamptz,
        ended_by text
    )
    """,
    """
    CREATE TABLE outage_visit (
        booking_id uuid NOT NULL REFERENCES booking,
        starts_at timestamptz NOT NULL,
        office_id text NOT NULL,
        outage_id uuid REFERENCES outage,
        waited boolean NOT NULL,
        state text NOT NULL,
        PRIMARY KEY (booking_id, starts_at),
        CONSTRAINT outage_visit_state
            CHECK (state IN ('due', 'told', 'resuming', 'over', 'used'))
    )
    """,
    "CREATE INDEX outage_visit_outage ON outage_visit (outage_id)",
    """
    CREATE INDEX outage_visit_to_tell ON outage_visit (state) WHERE state IN ('due', 'resuming')
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

"""Changes of timetables that were applied, and the bookings whose time they took away."""

from alembic import op

revision = "0015"
down_revision = "0014"

STATEMENTS = (
    """
    CREATE TABLE schedule_change (
        change_id uuid PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT clock(),
        actor text NOT NULL,
        steps jsonb NOT NULL DEFAULT '[]',
        office_ids text[] NOT NULL,
        delta jsonb NOT NULL DEFAULT '{}',
        first_day date NOT NULL,
        last_day date NOT NULL,
        added integer NOT NULL,
        removed integer NOT NULL,
        affected integer NOT NULL,
        undone_at timestamptz,
        undone_by text
    )
    """,
    "CREATE INDEX ix_schedule_change_at ON schedule_change (at)",
    """
    CREATE TABLE displaced (
        change_id uuid NOT NULL REFERENCES schedule_change,
        booking_id uuid NOT NULL REFERENCES booking,
        office_id text NOT NULL,
        starts_at timestamptz NOT NULL,
        holder uuid,
        proposed_office_id text,
        proposed_at timestamptz,
        held_until timestamptz,
        mailed boolean NOT NULL,
        state text NOT NULL,
        called text,
        called_at timestamptz,
        called_by text,
        PRIMARY KEY (change_id, booking_id),
        CONSTRAINT displaced_state CHECK (state IN ('open', 'accepted', 'kept', 'withdrawn'))
    )
    """,
    "CREATE INDEX ix_displaced_booking_id ON displaced (booking_id)",
    "CREATE UNIQUE INDEX displaced_open ON displaced (booking_id) WHERE state = 'open'",
    "CREATE INDEX displaced_office ON displaced (office_id, starts_at)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

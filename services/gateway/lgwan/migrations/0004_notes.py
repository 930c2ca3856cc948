"""Notes for colleagues, by office and day."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    """
    CREATE TABLE handover_note (
        note_id uuid PRIMARY KEY,
        office_id text NOT NULL,
        first_day date NOT NULL,
        last_day date NOT NULL,
        body text NOT NULL,
        version integer NOT NULL DEFAULT 1,
        written_by text NOT NULL REFERENCES staff,
        written_at timestamptz NOT NULL DEFAULT now(),
        changed_by text REFERENCES staff,
        changed_at timestamptz
    )
    """,
    "CREATE INDEX handover_note_days ON handover_note (office_id, last_day)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

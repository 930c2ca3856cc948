"""Who saved the list for an outage of which office and day."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = (
    """
    CREATE TABLE saved_list (
        save_id uuid PRIMARY KEY,
        office_id text NOT NULL,
        day date NOT NULL,
        saved_by text NOT NULL REFERENCES staff,
        saved_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX saved_list_at ON saved_list (office_id, saved_at)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

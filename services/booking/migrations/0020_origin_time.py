"""How much time each origin has taken."""

from alembic import op

revision = "0020"
down_revision = "0019"

STATEMENTS = (
    """
    CREATE TABLE origin_time (
        holder uuid PRIMARY KEY,
        origin text NOT NULL,
        office_id text NOT NULL,
        day date NOT NULL,
        cells integer NOT NULL,
        taken_at timestamptz NOT NULL,
        counts_until timestamptz NOT NULL
    )
    """,
    "CREATE INDEX origin_time_counted ON origin_time (origin, counts_until)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

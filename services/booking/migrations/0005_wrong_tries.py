"""Wrong tries to open a booking, and the puzzles that bought one."""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    """
    CREATE TABLE wrong_try (
        subject text NOT NULL, day date NOT NULL, tries integer NOT NULL, PRIMARY KEY (subject, day)
    )
    """,
    "CREATE INDEX ix_wrong_try_day ON wrong_try (day)",
    "CREATE TABLE spent_work (name text PRIMARY KEY, day date NOT NULL)",
    "CREATE INDEX ix_spent_work_day ON spent_work (day)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

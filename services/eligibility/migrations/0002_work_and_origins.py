"""Wrong tries per origin, and the puzzles that were used up."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE origin_try (
        origin text NOT NULL, day date NOT NULL, tries integer NOT NULL, PRIMARY KEY (origin, day)
    )
    """,
    "CREATE INDEX ix_origin_try_day ON origin_try (day)",
    "CREATE TABLE spent_work (name text PRIMARY KEY, day date NOT NULL)",
    "CREATE INDEX ix_spent_work_day ON spent_work (day)",
)


def upgrade():
    for statement in STATEMENTS:
        op.execute(statement)

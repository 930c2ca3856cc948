"""Series with breaks, staff windows and a publication; special days; which days are laid out.

Everything new has a default, so that the release before this one goes on writing series.
"""

from alembic import op

revision = "0012"
down_revision = "0011"

STATEMENTS = (
    """
    ALTER TABLE series
        ADD COLUMN name text NOT NULL DEFAULT '',
        ADD COLUMN staff_windows integer[] NOT NULL DEFAULT '{}',
        ADD COLUMN breaks jsonb NOT NULL DEFAULT '[]',
        ADD COLUMN on_holidays boolean NOT NULL DEFAULT false,
        ADD COLUMN published_from timestamptz
    """,
    """
    CREATE TABLE special_day (
        office_id text NOT NULL REFERENCES office,
        day date NOT NULL,
        kind text NOT NULL,
        opens time,
        closes time,
        windows integer[] NOT NULL DEFAULT '{}',
        reason text NOT NULL DEFAULT '',
        PRIMARY KEY (office_id, day),
        CONSTRAINT special_day_kind CHECK (kind IN ('closed', 'until', 'hours', 'windows'))
    )
    """,
    "CREATE TABLE laid_out (day date PRIMARY KEY)",
    """
    INSERT INTO laid_out (day)
    SELECT DISTINCT (starts_at AT TIME ZONE 'Asia/Tokyo')::date FROM cell
    WHERE office_id = (SELECT min(office_id) FROM series)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

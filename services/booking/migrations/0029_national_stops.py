"""Which closures a series is open in spite of, each for itself; and when the national system rests.

Series that were open on holidays were so at the turn of the year and on days of maintenance as
well: they stay as they are, since people may have booked there."""

from alembic import op

revision = "0029"
down_revision = "0028"

STATEMENTS = (
    """
    ALTER TABLE series
        ADD COLUMN on_year_end boolean NOT NULL DEFAULT false,
        ADD COLUMN on_stops boolean NOT NULL DEFAULT false
    """,
    "UPDATE series SET on_year_end = true, on_stops = true WHERE on_holidays",
    """
    CREATE TABLE national_stop (
        day date NOT NULL PRIMARY KEY,
        kind text NOT NULL,
        starts time,
        ends time,
        reason text NOT NULL DEFAULT '',
        CONSTRAINT national_stop_kind CHECK (kind IN ('closed', 'hours', 'works'))
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

"""The state of every cell of an office, folded into runs for the doors."""

from datetime import date

from libs.contracts.booking import BOOKED_UNTIL, BoardSnapshot, WindowDay

from .base import Repository

# Neighbouring cells of a window with equal state become one run (gaps and islands): a cell's number
# in the day minus its rank among equal ones is constant within a run.
_RUNS = """
    WITH today AS (
        SELECT window_id, (starts_at AT TIME ZONE 'Asia/Tokyo') AS local, version,
            CASE WHEN taken_until = 'infinity' THEN $2::float8
                WHEN taken_until <= clock() THEN 0
                ELSE extract(epoch FROM taken_until)::float8 END AS until
        FROM cell
        WHERE office_id = $1
            AND starts_at >= date_trunc('day', clock(), 'Asia/Tokyo')
            AND audience = 'public'
    ), numbered AS (
        SELECT window_id, local::date AS day, version, until,
            (extract(epoch FROM local::time) / 300)::integer AS n
        FROM today
    ), islands AS (
        SELECT *, n - row_number() OVER (
            PARTITION BY window_id, day, version, until ORDER BY n) AS island
        FROM numbered
    )
    SELECT window_id, day, min(n) AS first, count(*)::integer AS cells, version, until
    FROM islands GROUP BY window_id, day, island, version, until
    ORDER BY window_id, day, first
"""


class Boards(Repository):
    """What a door needs to draw its calendars."""

    async def of(self, office_id: str) -> BoardSnapshot:
        days: dict[tuple[int, date], list[tuple[int, int, int, float]]] = {}
        for window_id, day, *run in await self.connection.fetch(_RUNS, office_id, BOOKED_UNTIL):
            days.setdefault((window_id, day), []).append(tuple(run))
        return BoardSnapshot.model_construct(
            office_id=office_id,
            days=tuple(
                WindowDay.model_construct(window_id=window_id, day=day, runs=tuple(runs))
                for (window_id, day), runs in days.items()
            ),
        )

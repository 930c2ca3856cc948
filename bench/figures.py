"""集計 among seven years of bookings: a month, a fiscal year, and a year of one office."""

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import date

import asyncpg

from dev.testing import Databases
from libs.common.assertion import EVERY_OFFICE
from libs.common.connections import LONG_COMMAND_SECONDS
from libs.common.database import close_engine, engine, store_opener
from libs.contracts.reporting import FigureQuery
from services.reporting import actions
from services.reporting.store import Store

A_YEAR = 200_000
YEARS = 7
OFFICES, PROCEDURES = 9, 6
MONTH = FigureQuery(first=date(2025, 11, 1), last=date(2025, 11, 30))
YEAR = FigureQuery(first=date(2025, 4, 1), last=date(2026, 3, 31))
_FILL = """
    INSERT INTO booking_now (booking_id, version, day, office_id, procedure_id, standing, at,
        booked_on, hour, channel, outcome, people, minutes, "window", wait_seconds, serve_seconds)
    SELECT gen_random_uuid(), 4, day, 'o' || n % $3::integer, 'p' || n % 97 % $4::integer,
        CASE WHEN n % 12 = 0 THEN 'cancelled' WHEN n % 15 = 0 THEN 'missed' ELSE 'finished' END,
        day + interval '10 hours', day - n % 41, 9 + n % 8,
        (ARRAY['web', 'web', 'web', 'phone', 'counter'])[1 + n % 5], 'done', 1 + n % 2, 30,
        1 + n % 8, 60 * (n % 31), 60 * (5 + n % 23)
    FROM generate_series(0, $1::integer * $2::integer - 1) AS n,
        LATERAL (SELECT date '2020-04-01' + n % ($2::integer * 365) AS day) AS spread
"""


async def fill(owner_url: str) -> None:
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute(_FILL, A_YEAR, YEARS, OFFICES, PROCEDURES, timeout=600)
        await connection.execute("VACUUM ANALYZE booking_now", timeout=300)
    finally:
        await connection.close()


async def measure(databases: Databases) -> dict[str, float]:
    """Seconds of each report; the best of three."""
    with databases.fresh("reporting") as database:
        await fill(database.owner_url)
        source = engine(database.url, 1, LONG_COMMAND_SECONDS)
        open_store = store_opener(source, Store, lambda: None)
        try:
            found = {}
            for name, asked in (("month", MONTH), ("year", YEAR)):
                found[name] = min([await _seconds(open_store, asked) for _ in range(3)])
        finally:
            await close_engine(source)
    return found


async def _seconds(
    open_store: Callable[[], AbstractAsyncContextManager[Store]], asked: FigureQuery
) -> float:
    begin = time.perf_counter()
    async with open_store() as store:
        report = await actions.report(store, asked, frozenset({EVERY_OFFICE}))
    assert report.total.bookings > A_YEAR / 13
    return time.perf_counter() - begin

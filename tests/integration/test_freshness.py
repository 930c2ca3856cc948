"""What is taken shows on the calendars: at once by a fact, without one by the snapshots."""

from datetime import date

import pytest

from dev.walk import Citizen
from services.gateway.internet.feed import REFRESH_SECONDS

from .crowd import AnyStack
from .ledger import as_superuser, eventually

pytestmark = pytest.mark.alone

OFFICE = "notsuharu"
SOON = 10
"""Ten times what a change needs on a quiet machine; `make bench` measures it."""
ROUND = REFRESH_SECONDS + 10
"""One rotation of the snapshots, and the answers in between."""


async def is_free(citizen: Citizen, day: date) -> bool:
    """Whether the month, as anybody sees it before saying who they are, has places on the day."""
    await citizen.open(f"/availability/pin/{OFFICE}/{day:%Y-%m}")
    [cell] = [
        td.text for td in citizen.page.all("td") if td.text.startswith(f"{day.month}月{day.day}日")
    ]
    return "空きあり" in cell


async def take_all(stack: AnyStack, day: date, fact: bool) -> None:
    """Take every cell of the office's day; tell the doors, or let the message be lost."""
    async with as_superuser(stack) as connection, connection.transaction():
        await connection.execute("SET LOCAL search_path = booking")
        await connection.execute(
            """
            UPDATE cell SET taken_until = 'infinity', version = version + 1
            WHERE office_id = $1 AND (starts_at AT TIME ZONE 'Asia/Tokyo')::date = $2
            """,
            OFFICE,
            day,
        )
        if fact:
            await connection.execute(
                """
                INSERT INTO outbox (fact_id, name, body, mandatory, request_id)
                VALUES (gen_random_uuid(), 'cells.changed.v1',
                    json_build_object('office_id', $1::text, 'runs', json_build_array(),
                        'many', true)::text, false, 'test')
                """,
                OFFICE,
            )


async def test_a_full_day_shows_soon_on_the_calendar(
    stack: AnyStack, citizen: Citizen, quiet_day: date
) -> None:
    assert await is_free(citizen, quiet_day)
    await take_all(stack, quiet_day, fact=True)

    async def full() -> bool:
        return not await is_free(citizen, quiet_day)

    print(f"seen {await eventually('the day is full', full, SOON):.2f} s later")


async def test_after_a_lost_message_the_next_snapshot_puts_it_right(
    stack: AnyStack, citizen: Citizen, quiet_day: date
) -> None:
    assert await is_free(citizen, quiet_day)
    await take_all(stack, quiet_day, fact=False)

    async def full() -> bool:
        return not await is_free(citizen, quiet_day)

    print(f"seen {await eventually('the day is full', full, ROUND):.2f} s later")

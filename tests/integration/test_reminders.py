"""The mail on the day before the visit, from the booking page to the mail server."""

import time as clock
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta

import psutil
import pytest

from dev.walk import Citizen
from libs.common.database import engine, store_opener
from libs.contracts.times import JST
from services.notify.domain.reminders import FRESH
from services.notify.reminders import remind
from services.notify.store import OpenStore, Store

from .crowd import AnyStack
from .ledger import as_superuser, eventually, mail_to, mails_since, settled
from .people import new_person
from .test_journeys import book_pin_visit

OFFICE = "honcho"
START = timedelta(seconds=30)
"""In which a process has started."""
SUBJECT = "【大分市】明日のご予約のお知らせ"


@pytest.fixture
async def open_store(stack: AnyStack) -> AsyncIterator[OpenStore]:
    """Transactions of the running notify."""
    source = engine(stack.servers.database_url("notify"), 2)
    yield store_opener(source, Store, lambda: None)
    await source.dispose()


async def test_booking_says_again_and_again_how_far_everything_is_told(stack: AnyStack) -> None:
    """The word that it says when it starts does not count. Comes before others move the mark."""
    began = datetime.fromtimestamp(psutil.Process(stack.services["booking"].pid).create_time(), UTC)

    async def again() -> bool:
        async with as_superuser(stack) as connection:
            since = "SELECT at > $1 AND at >= now() - $2::interval AND at < now()"
            said = f"{since} FROM notify.watermark"
            return bool(await connection.fetchval(said, began + START, FRESH))

    await eventually("a fresh watermark", again, 90)


async def test_who_still_comes_tomorrow_is_reminded_once_and_who_cancelled_is_not(
    stack: AnyStack, citizen: Citizen, quiet_day: date, open_store: OpenStore
) -> None:
    comes, cancels, before = new_person(), new_person(), clock.time_ns()
    number = await book_pin_visit(citizen, comes, OFFICE, quiet_day)
    await citizen.find(await book_pin_visit(citizen, cancels, OFFICE, quiet_day), cancels.born)
    await citizen.cancel()
    await settled(stack)
    morning = datetime.combine(quiet_day - timedelta(days=1), time(10, 5), JST)
    await say_watermark(stack, morning)
    for _ in range(2):
        await remind(open_store, 10, lambda: morning)
        await mail_to(stack, comes.email, SUBJECT, before)
        await settled(stack)
    reminded = [m for _, m in mails_since(stack, before) if m["Subject"] == SUBJECT]
    assert [mail["To"] for mail in reminded] == [comes.email]
    assert number in str(reminded[0].get_content())
    await forget_watermark(stack)


async def say_watermark(stack: AnyStack, at: datetime) -> None:
    async with as_superuser(stack) as connection:
        await connection.execute("DELETE FROM notify.watermark")
        await connection.execute("INSERT INTO notify.watermark VALUES ('booking', $1)", at)


async def forget_watermark(stack: AnyStack) -> None:
    async with as_superuser(stack) as connection:
        await connection.execute("DELETE FROM notify.watermark")

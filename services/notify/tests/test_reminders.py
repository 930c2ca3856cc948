"""The mail on the day before the visit: to whom, when, and never twice."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from libs.contracts.booking import (
    BookingArrived,
    BookingConfirmed,
    BookingErased,
    BookingReopened,
    BookingWatermark,
)
from libs.contracts.times import JST, day_of
from services.notify.domain.reminders import Round, last_moment, round_at
from services.notify.reminders import forget_long_past, remind
from services.notify.store import OpenStore

from .conftest import Sending
from .factories import (
    CONTACTS,
    cancelled,
    changed,
    confirmed,
    eventually,
    office,
    prepare,
    procedure,
    published,
    rows,
    take,
    updated,
)
from .scripted import ScriptedServer

HOUR = 10
SUBJECT = "【大分市】明日のご予約のお知らせ"


def jst(hour: int, days: int = 0, minute: int = 0) -> datetime:
    """A time by the city's clock of today, or of a day after it. From 14:50 on tomorrow counts as
    today: a reminder leaves until 15:00, and the sender looks at the real clock."""
    today = (datetime.now(JST) + timedelta(hours=9, minutes=10)).replace(second=0, microsecond=0)
    return today.replace(hour=hour, minute=minute) + timedelta(days=days)


VISIT = jst(10, days=1)
LONG_AGO = jst(12, days=-7)
MORNING = jst(HOUR, minute=5)


def booked(**given: Any) -> BookingConfirmed:
    """A booking for tomorrow, made last week."""
    return confirmed(**{"starts_at": VISIT, "at": LONG_AGO, **given})


async def look(open_store: OpenStore, now: datetime = MORNING, age: float = 1) -> None:
    """One look at the agenda at `now`, with a watermark that is so many minutes old."""
    await take(open_store, BookingWatermark(at=now - timedelta(minutes=age)))
    await remind(open_store, HOUR, lambda: now)


async def reminders(open_store: OpenStore) -> list[dict[str, Any]]:
    sql = "SELECT * FROM delivery WHERE kind = 'reminder' ORDER BY booking_id, version"
    return await rows(open_store, sql)


async def versions(open_store: OpenStore) -> list[int]:
    return [row["version"] for row in await reminders(open_store)]


async def all_done(open_store: OpenStore) -> None:
    """Wait until no mail waits."""

    async def none() -> bool:
        return await rows(open_store, "SELECT 1 FROM delivery WHERE state = 'waiting'") == []

    await eventually(none)


async def test_who_comes_tomorrow_gets_one_mail_with_everything_about_the_visit(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact = booked(link=CONTACTS.seal("a-secret"), also=("pin",))
    pin = procedure(procedure_id="pin", name="暗証番号", documents=("カード",))
    await prepare(open_store, fact)
    await take(open_store, pin)
    async with sending(smtp.port):
        await look(open_store)
        await all_done(open_store)
        await look(open_store, MORNING + timedelta(minutes=1))
        await all_done(open_store)
    mail = next(mail for mail in smtp.kept if mail["Subject"] == SUBJECT)
    assert [str(kept["Subject"]) for kept in smtp.kept].count(SUBJECT) == 1
    assert len({kept["Message-ID"] for kept in smtp.kept}) == 2
    body = str(mail.get_content())
    day = day_of(VISIT)
    for said in (
        f"{day.year}年{day.month}月{day.day}日",
        "カードの交付、暗証番号",
        "・カード",
        "ABCDE-12345",
        "https://yoyaku.example.jp/open/a-secret",
    ):
        assert said in body
    (row,) = await reminders(open_store)
    assert (row["state"], row["contact"], row["link"]) == ("sent", None, None)


async def test_facts_say_nothing_of_reminders_because_their_kinds_are_closed(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    await prepare(open_store, booked())
    await look(open_store)
    async with sending(smtp.port):
        await all_done(open_store)
    assert [name for name, _ in await published(open_store)] == ["notify.delivered.v1"]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (jst(9, minute=59), False),
        (jst(10), True),
        (jst(14, minute=59), True),
        (jst(15), False),
        (jst(10, days=-1), False),
        (jst(8, days=1), False),
        (jst(10, days=1), False),
    ],
)
async def test_reminders_go_out_on_the_day_before_and_at_no_other_time(
    open_store: OpenStore, now: datetime, due: bool
) -> None:
    await prepare(open_store, booked())
    await look(open_store, now)
    waiting = [row for row in await reminders(open_store) if row["state"] == "waiting"]
    assert bool(waiting) == due


async def test_an_old_or_missing_watermark_keeps_reminders_back(open_store: OpenStore) -> None:
    """The cancellation may be on its way."""
    await prepare(open_store, booked())
    await remind(open_store, HOUR, lambda: MORNING)
    await look(open_store, age=3.1)
    assert await reminders(open_store) == []
    await take(open_store, BookingWatermark(at=MORNING - timedelta(hours=1)))
    await look(open_store, age=2.9)
    assert len(await reminders(open_store)) == 1


async def test_a_booking_with_a_parked_fact_waits_and_others_do_not(open_store: OpenStore) -> None:
    parked, other = booked(), booked()
    await prepare(open_store, parked, other)
    late = cancelled(booking_id=parked.booking_id, starts_at=VISIT)
    async with open_store() as store:
        await store.session.execute(
            text("""INSERT INTO inbox_retry (message_id, name, body, request_id, error, next_at)
                VALUES (:id, :name, :body, '-', 'error', now())"""),
            {"id": uuid4(), "name": late.name, "body": late.model_dump_json()},
        )
    await look(open_store)
    assert [row["booking_id"] for row in await reminders(open_store)] == [other.booking_id]


async def test_who_settled_on_the_time_this_morning_is_not_reminded(open_store: OpenStore) -> None:
    """They have just got a mail. A new address is no new time."""
    moved, new_address = booked(), booked()
    this_morning = {"starts_at": VISIT, "at": jst(HOUR, minute=1)}
    await prepare(open_store, booked(at=jst(HOUR, minute=1)), moved, new_address)
    await take(open_store, changed(booking_id=moved.booking_id, office_id="akeno", **this_morning))
    await take(open_store, updated(booking_id=new_address.booking_id, **this_morning))
    await look(open_store)
    assert [row["booking_id"] for row in await reminders(open_store)] == [new_address.booking_id]


async def test_who_gave_no_address_or_comes_another_day_is_not_reminded(
    open_store: OpenStore,
) -> None:
    await prepare(open_store, booked(email=None), booked(starts_at=jst(10, days=2)))
    await look(open_store)
    assert await reminders(open_store) == []


@pytest.mark.parametrize("late", [False, True])
async def test_a_cancelled_visit_is_not_reminded_of_whatever_comes_late(
    open_store: OpenStore, late: bool
) -> None:
    first = booked()
    last = cancelled(booking_id=first.booking_id, starts_at=VISIT)
    await prepare(open_store, *((last, first) if late else (first, last)))
    await look(open_store)
    assert await reminders(open_store) == []


async def test_a_booking_cancelled_before_its_reminder_is_sent_gets_none(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact = booked()
    await prepare(open_store, fact)
    await look(open_store)
    await take(open_store, cancelled(booking_id=fact.booking_id, starts_at=VISIT))
    async with sending(smtp.port):
        await all_done(open_store)
    assert SUBJECT not in [mail["Subject"] for mail in smtp.kept]
    assert len(smtp.kept) == 2
    (row,) = await reminders(open_store)
    assert (row["state"], row["last_reply"], row["contact"]) == ("failed", "obsolete", None)


async def test_an_address_that_changes_before_the_mail_is_sent_gets_it_instead(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact = booked(email="old@example.jp")
    await prepare(open_store, fact)
    await look(open_store)
    new = updated(booking_id=fact.booking_id, starts_at=VISIT, email="new@example.jp")
    await take(open_store, new)
    async with sending(smtp.port):
        await all_done(open_store)
        await look(open_store)
        await all_done(open_store)
    kept = zip(smtp.kept, smtp.envelopes, strict=True)
    assert [to for mail, (_, to) in kept if mail["Subject"] == SUBJECT] == ["new@example.jp"]
    async with open_store() as store:
        shown = await store.deliveries(fact.booking_id, frozenset({"*"}))
    assert [(mail.kind, mail.version) for mail in shown if mail.kind == "reminder"] == [
        ("reminder", 2)
    ]


async def test_another_address_or_time_of_the_same_day_repeats_nothing_and_another_day_does(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact = booked()
    booking: dict[str, Any] = {"booking_id": fact.booking_id, "at": LONG_AGO}
    await prepare(open_store, fact)
    async with sending(smtp.port):
        await look(open_store)
        await all_done(open_store)
        await take(open_store, updated(version=2, starts_at=VISIT, **booking))
        await take(open_store, changed(version=3, starts_at=jst(14, days=1), **booking))
        await look(open_store)
        assert await versions(open_store) == [1]
        await take(open_store, changed(version=4, starts_at=jst(14, days=5), **booking))
        await look(open_store)
        assert await versions(open_store) == [1]
        await look(open_store, jst(HOUR, days=4))
        await all_done(open_store)
    assert await versions(open_store) == [1, 4]
    assert [mail["Subject"] for mail in smtp.kept].count(SUBJECT) == 2


async def test_a_tick_ends_the_reminder_and_taking_it_back_brings_it_again(
    open_store: OpenStore,
) -> None:
    fact = booked()
    base = fact.model_dump()
    await prepare(open_store, fact)
    await take(open_store, BookingArrived(**{**base, "version": 2, "status": "arrived"}))
    await look(open_store)
    assert await reminders(open_store) == []
    await take(open_store, BookingReopened(**{**base, "version": 3}))
    await look(open_store)
    assert await versions(open_store) == [3]


async def test_who_was_received_today_instead_gets_neither_a_mail_nor_a_reminder(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    """The reminder for tomorrow waits already when its person stands at the counter."""
    fact = booked()
    moved = {"status": "arrived", "starts_at": jst(HOUR, minute=10), "version": 2}
    came_from = {"previous_office_id": "honcho", "previous_starts_at": VISIT}
    await prepare(open_store, fact)
    await look(open_store)
    await take(open_store, BookingArrived(**{**fact.model_dump(), **moved, **came_from}))
    await look(open_store)
    async with sending(smtp.port):
        await all_done(open_store)
    assert [mail["Subject"] for mail in smtp.kept] == ["【大分市】ご予約を受け付けました"]


async def contacts(open_store: OpenStore) -> dict[UUID, str | None]:
    found = await rows(open_store, "SELECT booking_id, contact FROM agenda")
    return {row["booking_id"]: row["contact"] for row in found}


async def test_the_agenda_forgets_who_does_not_come_and_what_is_past(
    open_store: OpenStore,
) -> None:
    stands, gone, erased, past = booked(), booked(), booked(), booked(starts_at=jst(10, days=-1))
    await prepare(open_store, stands, gone, erased, past)
    await take(open_store, cancelled(booking_id=gone.booking_id, starts_at=VISIT))
    await take(open_store, BookingErased(booking_id=erased.booking_id, at=LONG_AGO))
    await look(open_store, jst(9))
    assert await contacts(open_store) == {
        stands.booking_id: stands.contact,
        gone.booking_id: None,
        erased.booking_id: None,
        past.booking_id: None,
    }
    await forget_long_past(open_store, lambda: jst(9, days=364))
    assert past.booking_id in await contacts(open_store)
    await forget_long_past(open_store, lambda: jst(9, days=400))
    assert await contacts(open_store) == {}


async def test_a_fact_that_comes_after_the_visit_it_was_moved_away_from_reminds_nobody(
    open_store: OpenStore,
) -> None:
    """As a dead letter that is redriven weeks later."""
    late = booked()
    moved = changed(booking_id=late.booking_id, starts_at=jst(10, days=-1), at=LONG_AGO)
    await prepare(open_store, moved)
    await look(open_store, jst(9))
    await take(open_store, late)
    await look(open_store)
    assert await reminders(open_store) == []


async def test_a_reminder_that_could_not_be_sent_on_the_day_before_is_not_sent_on_the_day_itself(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    """The visit is later today; the mail was written yesterday and says 'tomorrow'."""
    late_today = jst(23, minute=59)
    fact = booked(starts_at=late_today, at=LONG_AGO)
    await take(open_store, office(), procedure(), fact)
    await look(open_store, jst(HOUR, days=-1))
    assert len(await reminders(open_store)) == 1
    async with sending(smtp.port):
        await all_done(open_store)
    assert SUBJECT not in [mail["Subject"] for mail in smtp.kept]
    (row,) = await reminders(open_store)
    assert (row["state"], row["last_reply"]) == ("failed", "past")


def test_a_round_is_tomorrow_by_the_city_s_clock() -> None:
    now = datetime(2026, 12, 31, 9, 0, tzinfo=UTC)
    assert round_at(now, 10) == Round(
        begins=datetime(2027, 1, 1, tzinfo=JST),
        ends=datetime(2027, 1, 2, tzinfo=JST),
        since=datetime(2026, 12, 31, 10, tzinfo=JST),
        until=datetime(2026, 12, 31, 15, tzinfo=JST),
    )


@pytest.mark.parametrize(
    ("written", "until"),
    [
        (datetime(2026, 11, 1, 12, tzinfo=JST), datetime(2026, 11, 30, 15, tzinfo=JST)),
        (datetime(2026, 11, 30, 14, tzinfo=JST), datetime(2026, 11, 30, 15, tzinfo=JST)),
        (datetime(2026, 11, 30, 15, tzinfo=JST), datetime(2026, 12, 1, 0, 30, tzinfo=JST)),
        (datetime(2026, 12, 1, 8, tzinfo=JST), datetime(2026, 12, 1, 9, tzinfo=JST)),
    ],
)
def test_a_mail_is_given_up_while_there_is_time_to_call(written: datetime, until: datetime) -> None:
    assert last_moment(datetime(2026, 12, 1, 10, tzinfo=JST), written) == until


async def test_a_booking_whose_fact_the_broker_does_not_take_waits_and_others_do_not(
    open_store: OpenStore,
) -> None:
    """Its cancellation may lie in the outbox of booking for days; theirs have all come."""
    held, other = booked(), booked()
    await prepare(open_store, held, other)
    hours_ago = MORNING - timedelta(hours=4)
    fresh = MORNING - timedelta(minutes=1)
    watermark = BookingWatermark(at=hours_ago, others_at=fresh, parked=(held.booking_id,))
    await take(open_store, watermark)
    await remind(open_store, HOUR, lambda: MORNING)
    assert [row["booking_id"] for row in await reminders(open_store)] == [other.booking_id]
    await take(open_store, BookingWatermark(at=hours_ago))
    await remind(open_store, HOUR, lambda: MORNING)
    assert len(await reminders(open_store)) == 1
    await look(open_store)
    assert len(await reminders(open_store)) == 2


async def test_a_reminder_that_waited_is_not_sent_once_a_fact_of_its_booking_is_held_up(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact = booked()
    await prepare(open_store, fact)
    await look(open_store)
    watermark = BookingWatermark(
        at=MORNING, others_at=MORNING + timedelta(minutes=1), parked=(fact.booking_id,)
    )
    await take(open_store, watermark)
    async with sending(smtp.port):
        await all_done(open_store)
    assert SUBJECT not in [str(mail["Subject"]) for mail in smtp.kept]

"""Whom no reminder reaches: said to booking in time for a call."""

from functools import partial

import pytest
from sqlalchemy import text

from services.notify.reminders import remind
from services.notify.settings import reminder_hour
from services.notify.store import OpenStore

from .conftest import Sending
from .factories import cancelled, prepare, published, take
from .scripted import ScriptedServer
from .test_reminders import HOUR, VISIT, all_done, booked, jst, look, reminders


async def test_who_could_not_be_reminded_by_the_hour_of_calls_is_said_once_and_mailed_no_more(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    """As when notify was down, or the watermark old, from the morning on."""
    fact, gone = booked(email="hana@example.jp"), booked()
    await prepare(open_store, fact, gone)
    await take(open_store, cancelled(booking_id=gone.booking_id, starts_at=VISIT))
    for minute in (0, 1):
        await remind(open_store, HOUR, partial(jst, 15, minute=minute))
    said = [body for name, body in await published(open_store) if "unreminded" in name]
    assert [(str(fact.booking_id) in body, '"past"' in body) for body in said] == [(True, True)]
    (row,) = await reminders(open_store)
    assert (row["state"], row["contact"]) == ("failed", None)


async def test_a_reminder_that_the_server_refuses_is_said_at_once(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    fact = booked()
    await prepare(open_store, fact)
    smtp.to_recipient.extend(["250 OK", "550 5.1.1 unknown"])
    async with sending(smtp.port):
        await all_done(open_store)
        await look(open_store)
        await open_until_now(open_store)
        await all_done(open_store)
    names = [name for name, _ in await published(open_store)]
    assert names == ["notify.delivered.v1", "notify.unreminded.v1"]


async def open_until_now(open_store: OpenStore) -> None:
    """Whatever time of the day it is while this runs."""
    async with open_store() as store:
        sql = "UPDATE delivery SET until = now() + interval '1 hour' WHERE kind = 'reminder'"
        await store.session.execute(text(sql))


def test_the_hour_is_before_the_one_at_which_people_are_called() -> None:
    assert reminder_hour("9") == 9
    for wrong in ("15", "-1", "x"):
        with pytest.raises(ValueError, match=r".+"):
            reminder_hour(wrong)

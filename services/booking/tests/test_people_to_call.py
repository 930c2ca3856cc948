"""電話する方: one list of failed mails, displaced visitors and outages."""

from datetime import timedelta
from uuid import uuid4

import pytest

from libs.common.errors import NotFound
from libs.contracts.booking import CallNote, PeopleToCall, PersonToCall
from libs.contracts.notify import ReminderFailed
from services.booking.actions.people_to_call import note_call, people_to_call

from .city import City, set_clock
from .clerks import clerk
from .planning import apply, month
from .test_contact import a_booking, by_number, update
from .test_displaced import CLOSE
from .test_failed_mails import booking_id, news

CLERK = clerk("sato", "here")


async def people(city: City, *, reached: bool = False, office: str = "here") -> PeopleToCall:
    return await people_to_call(city.desk, clerk("sato", office), None, reached)


async def only(city: City) -> PersonToCall:
    found = await people(city, reached=True)
    assert found.total == 1
    return found.people[0]


async def note(city: City, result: str, key: str | None = None) -> PersonToCall:
    ask = CallNote.model_validate({"result": result})
    return await note_call(city.desk, CLERK, await booking_id(city), key or str(uuid4()), ask)


async def test_who_had_no_mail_is_listed_with_reason_phone_and_how_long_there_is_time(
    city: City,
) -> None:
    booking = await a_booking(city)
    assert (await people(city)).people == ()
    await news(city, version=1)
    person = await only(city)
    assert (person.number, person.reasons) == (booking.number, ("mail",))
    assert (person.phone, person.until) == ("0975346111", booking.starts_at)
    assert (await people(city, office="elsewhere")).people == ()


async def test_a_reached_person_leaves_the_list_and_one_who_was_out_stays(city: City) -> None:
    await a_booking(city)
    await news(city, version=1)
    absent = await note(city, "absent", "key")
    assert (absent.called, absent.called_by) == ("absent", CLERK.actor)
    assert (await note(city, "absent", "key")) == absent
    assert (await people(city)).total == 1
    await note(city, "done")
    assert (await people(city)).total == 0
    assert (await only(city)).called == "done"


async def test_who_was_reached_is_called_again_when_the_next_mail_fails(city: City) -> None:
    await a_booking(city)
    await news(city, version=1)
    await note(city, "done")
    await news(city, version=1, kind=ReminderFailed, reason="past")
    person = await only(city)
    assert (person.reasons, person.called) == (("mail", "reminder"), None)
    assert (await people(city)).total == 1


async def test_another_address_takes_the_reason_away(city: City) -> None:
    booking = await a_booking(city)
    await news(city, version=1)
    await update(city, by_number(booking), email="new@example.jp")
    assert (await people(city, reached=True)).total == 0
    await news(city, version=1)
    assert (await people(city, reached=True)).total == 0
    with pytest.raises(NotFound):
        await note(city, "done")


async def test_who_lost_their_time_is_on_the_same_list_once_with_both_reasons(city: City) -> None:
    await month(city)
    booking = await a_booking(city)
    await apply(city, CLOSE)
    await news(city, version=1)
    person = await only(city)
    assert person.reasons == ("displaced", "mail")
    assert person.until is not None
    assert person.until < booking.starts_at
    await note(city, "done")
    assert (await people(city)).total == 0
    called = await city.pool.fetchval("SELECT called FROM displaced")
    assert called == "done"


async def test_who_met_an_outage_is_called_until_there_is_a_new_booking(city: City) -> None:
    booking = await a_booking(city)
    finished = "UPDATE booking SET status = 'finished', outcome = 'outage'"
    await city.pool.execute(finished)
    person = await only(city)
    assert (person.reasons, person.until) == (("outage",), None)
    await note(city, "absent")
    assert (await only(city)).called == "absent"
    await set_clock(city.owner_url, booking.starts_at + timedelta(days=16))
    assert (await people(city, reached=True)).total == 0

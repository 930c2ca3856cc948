"""Bookings by phone on the running system: mailed, and seen and cancelled by their citizens."""

import time
from collections.abc import Awaitable, Callable
from datetime import date

from dev.walk import Citizen, Staff

from .crowd import AnyStack
from .ledger import eventually, mail_to, mails_since
from .people import new_person

NewCitizen = Callable[[], Awaitable[Citizen]]


async def test_a_booking_by_phone_is_mailed_and_is_its_citizens_own(
    stack: AnyStack, citizen: Citizen, staff: Staff, quiet_day: date
) -> None:
    person, before = new_person(), time.time_ns()
    typed = {"procedure": "pin", "office": "tsurusaki"}
    await staff.open("/phone")
    await staff.phone("/phone", typed | {"to_first": quiet_day.isoformat()})
    [first, *_] = staff.page.all("button", name="start")
    await staff.phone("/phone/time", typed | {"start": first.attributes["value"]})
    assert [p.text for p in staff.page.all("p") if "までお取りしています" in p.text]
    await staff.phone(
        "/phone/book",
        typed | {"born": person.born.isoformat(), "kana": person.kana, "email": person.email},
    )
    said, _, number = staff.page.heading.partition(" ")
    assert said == "予約しました"
    _, mail = await mail_to(stack, person.email, "ご予約を受け付けました", before)
    assert number in mail.get_content()
    facts = await citizen.find(number, person.born)
    assert facts["状態"] == "予約済み"
    assert facts["場所"].startswith("鶴崎支所")
    assert (await citizen.cancel())["状態"] == "取り消し済み"
    assert number in await staff.day(quiet_day.isoformat())


async def test_a_family_that_calls_is_booked_in_one_go_and_mailed_the_number_of_each(
    stack: AnyStack, citizen: Citizen, staff: Staff, quiet_day: date
) -> None:
    father, child, before = new_person(), new_person(), time.time_ns()
    typed = {"procedure": "pin", "office": "tsurusaki", "to_first": quiet_day.isoformat()}
    await staff.open("/phone")
    await staff.phone("/phone", typed | {"more": "1"})
    typed |= {"p2-procedure": "pin", "arrangement": "in_turn"}
    await staff.phone("/phone", typed)
    [first, *_] = staff.page.all("button", name="start")
    await staff.phone("/phone/time", typed | {"start": first.attributes["value"]})
    said = {"born": father.born.isoformat(), "kana": father.kana, "email": father.email}
    said |= {"p2-born": child.born.isoformat()}
    await staff.phone("/phone/book", typed | said | {"p2-kana": child.kana})
    assert staff.page.heading == "2人分を予約しました"
    numbers = [link.text for link in staff.page.all("a", **{"class": "code"})]
    times = []
    for person, number in zip((father, child), numbers, strict=True):

        async def mailed(number: str = number) -> bool:
            mails = [mail for _, mail in mails_since(stack, before) if mail["To"] == father.email]
            return any(number in mail.get_content() for mail in mails)

        await eventually("a mail with the number", mailed, 20)
        facts = await citizen.find(number, person.born)
        assert facts["状態"] == "予約済み"
        times.append(facts["日時"])
    assert len(set(times)) == 2
    assert set(numbers) <= set(await staff.day(quiet_day.isoformat()))

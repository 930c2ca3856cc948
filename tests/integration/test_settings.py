"""What a member of staff changes shows on the citizens' pages within seconds."""

import time
from datetime import date

import pytest

from dev.walk import Citizen, Staff

from .crowd import AnyStack
from .ledger import eventually, mail_to
from .people import new_person
from .test_journeys import book_pin_visit, card_holder, hold_card_pickup

pytestmark = pytest.mark.alone

SOON = 5
ISSUANCE = "/settings/procedures/issuance"
RENEWAL, OFFICE = "/settings/procedures/renewal", "/settings/offices/akeno"


async def change(staff: Staff, path: str, **fields: str) -> dict[str, str]:
    """Save a form with some answers changed; what they were."""
    await staff.open(path)
    before = staff.page.form(path).fields
    wanted = {name.replace("__", "."): value for name, value in fields.items()}
    await staff.send(path, wanted)
    if "saved=1" not in staff.path:
        confirmed = staff.page.form(path).fields["confirmed"]
        assert confirmed, staff.page.heading
        await staff.send(path)
    staff.at("?saved=1")
    return {name: before[name] for name in wanted}


async def shows(citizen: Citizen, path: str, words: str) -> bool:
    await citizen.open(path)
    return any(words in e.text for e in citizen.page.elements)


async def html(citizen: Citizen) -> str:
    """All of the page that the citizen looks at, opened again."""
    async with citizen.session.get(citizen.origin + citizen.path) as answer:
        return await answer.text()


async def test_new_words_of_a_procedure_are_on_the_citizens_page_within_seconds(
    citizen: Citizen, staff: Staff
) -> None:
    words = "お持ちの方は、古い運転免許証もお持ちください。"
    before = await change(staff, RENEWAL, notes=words)

    async def told() -> bool:
        return await shows(citizen, "/book", words)

    print(f"seen {await eventually('the new note', told, SOON):.2f} s later")
    before |= await change(staff, RENEWAL, online="paused")

    async def paused() -> bool:
        return await shows(citizen, "/availability/renewal", "止めています")

    await eventually("the procedure is paused", paused, SOON)
    await change(staff, RENEWAL, **before)

    async def open_again() -> bool:
        return not await paused() and not await told()

    await eventually("everything is as before", open_again, SOON)


async def test_who_visits_after_the_move_reads_the_new_address_on_the_page_and_in_the_mail(
    stack: AnyStack, citizen: Citizen, staff: Staff, quiet_day: date
) -> None:
    place = "大分市新町1番1号"
    moved = {"later__1__from_day": quiet_day.isoformat(), "later__1__address": place}
    await change(staff, OFFICE, **moved)

    async def told() -> bool:
        await citizen.begin("pin")
        return any(place in e.text for e in citizen.page.elements)

    await eventually("the move is announced", told, SOON)
    person = new_person()
    await book_pin_visit(citizen, person, "akeno", quiet_day)
    assert place in citizen.page.facts()["場所"]
    _, mail = await mail_to(stack, person.email, "ご予約を受け付けました", 0)
    assert f"住所：{place}" in mail.get_content()
    await change(staff, OFFICE, later__1__from_day="", later__1__address="")


async def test_what_to_bring_for_a_card_reaches_the_page_and_the_mail_under_the_citys_words(
    stack: AnyStack, citizen: Citizen, staff: Staff, far_day: date
) -> None:
    paper = "交付通知書（緑色のはがき）"
    note = "緑色のはがきは、10月から送っています。"
    before = await change(staff, ISSUANCE, documents=f"{paper}\n本人確認書類", notes=note)

    async def told() -> bool:
        return await shows(citizen, "/book", note)

    await eventually("the new words", told, SOON)
    await citizen.begin("issuance")
    assert "交付通知書の番号（製造管理番号）" in await html(citizen)
    person, since = await card_holder(staff), time.time_ns()
    await hold_card_pickup(citizen, person, far_day)
    await citizen.confirm()
    assert paper in await html(citizen)
    _, mail = await mail_to(stack, person.email, "ご予約を受け付けました", since)
    assert f"・{paper}\n・本人確認書類" in str(mail.get_content()).replace("\r\n", "\n")
    await change(staff, ISSUANCE, **before)

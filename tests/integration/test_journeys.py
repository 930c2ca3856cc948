"""The main job from import to counts, through the pages of both doors and the mail server."""

import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from itertools import pairwise
from urllib.parse import urlsplit

import pytest

from dev.account import ROOT
from dev.walk import Citizen, Staff, birth
from libs.contracts.times import JST

from .crowd import AnyStack
from .ledger import as_superuser, eventually, mail_to
from .people import Person, csv_file, new_person

NewCitizen = Callable[[], Awaitable[Citizen]]
SAMPLE = ROOT / "deploy" / "seed" / "persons-sample.csv"
MAIL_SECONDS = 10
"""Ten times what a mail needs on a quiet machine; the tests print what it really took."""


@pytest.fixture
async def holder(staff: Staff, stack: AnyStack) -> Person:
    """Somebody whose card waits at 鶴崎支所."""
    return await card_holder(staff)


async def card_holder(staff: Staff) -> Person:
    person = new_person()
    report = await staff.import_persons("対象者.csv", csv_file(person.row("鶴崎支所")))
    assert (report["追加"], report["誤り"]) == (1, 0)
    return person


async def open_day(citizen: Citizen, day: date) -> list[str]:
    """From any month of the calendar to the times of a day."""
    await citizen.open(f"?m={day:%Y-%m}")
    return await citizen.times(day.isoformat())


async def hold_card_pickup(citizen: Citizen, person: Person, day: date) -> str:
    """Up to the last page before the booking; the chosen start time.

    Booking learns by a fact that the card is there, so the first try may come too early.
    """
    await citizen.identify(person.card, person.born)
    await citizen.comes()
    starts = await open_day(citizen, day)

    async def held() -> bool:
        if await citizen.take(starts[0]):
            return True
        await citizen.identify(person.card, person.born)
        await citizen.comes()
        await open_day(citizen, day)
        return False

    await eventually("the imported card can be booked", held, 10)
    await citizen.about(person.email)
    return starts[0]


async def book_pin_visit(
    citizen: Citizen, person: Person, office: str, day: date, procedure: str = "pin"
) -> str:
    """暗証番号再設定 for somebody whom nobody has imported; the number."""
    await citizen.choose_office(procedure, office)
    await citizen.comes()
    assert await citizen.take((await open_day(citizen, day))[0])
    await citizen.about(person.email, person.kana, person.born)
    return await citizen.confirm()


async def free_places(citizen: Citizen, start: str) -> int:
    """How many places a day's page, opened again, still offers at a time."""
    await citizen.open("")
    [button] = [
        b for b in citizen.page.form("../time").buttons if b.attributes.get("value") == start
    ]
    return int(button.text.rpartition("あと")[2].removesuffix("組"))


OTHER_NUMBER = "123456789012"
"""Twelve digits without the check digit of an individual number: an individual number would refuse
the whole file."""


async def see(staff: Staff, day: date, number: str) -> None:
    """Open a booking from the list of its day."""
    await staff.day(day.isoformat())
    await staff.see(number)


async def test_the_sample_of_500_persons_is_taken_once(staff: Staff) -> None:
    first = await staff.import_persons(SAMPLE.name, SAMPLE.read_bytes())
    assert first == {"行数": 500, "追加": 500, "変更": 0, "変更なし": 0, "誤り": 0}
    again = await staff.import_persons(SAMPLE.name, SAMPLE.read_bytes())
    assert again == {"行数": 500, "追加": 0, "変更": 0, "変更なし": 500, "誤り": 0}


async def test_rows_with_errors_are_listed_and_good_rows_are_not_lost(staff: Staff) -> None:
    good, wrong_day, nowhere = new_person(), new_person(), new_person()
    report = await staff.import_persons(
        "混在.csv",
        csv_file(
            good.row("大在支所"),
            f"{OTHER_NUMBER},昭和35年4月1日,大在支所",
            f"{wrong_day.card},2001年2月29日,大在支所",
            nowhere.row("別府市役所"),
        ),
    )
    assert report == {"行数": 4, "追加": 1, "変更": 0, "変更なし": 0, "誤り": 3}
    cells = [cell.text for cell in staff.page.all("th", "td")][3:]
    lines = list(zip(cells[::3], cells[1::3], cells[2::3], strict=True))
    assert [(line, column) for line, column, _ in lines] == [
        ("3", "製造管理番号"),
        ("4", "生年月日"),
        ("5", "交付場所"),
    ]
    assert "マイナンバー" in lines[0][2]
    assert "暦にない" in lines[1][2]
    assert all(reason for *_, reason in lines)
    assert OTHER_NUMBER not in " ".join(cells)
    [saved] = staff.page.links("errors.csv")
    async with staff.session.get(staff.origin + saved.attributes["href"]) as answer:
        assert len((await answer.text()).splitlines()) == 1 + len(lines)


async def test_a_card_pickup_is_booked_mailed_and_seen_at_the_counter(
    stack: AnyStack, citizen: Citizen, staff: Staff, holder: Person, quiet_day: date
) -> None:
    start = await hold_card_pickup(citizen, holder, quiet_day)
    facts = citizen.page.facts()
    assert facts["場所"].startswith("鶴崎支所")
    before = time.time_ns()
    number = await citizen.confirm()
    seconds, mail = await mail_to(stack, holder.email, "ご予約を受け付けました", before)
    print(f"confirmation mail after {seconds:.2f} s")
    assert seconds <= MAIL_SECONDS
    assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", number)
    assert number in mail.get_content()
    assert "鶴崎支所" in mail.get_content()
    assert await staff.day(quiet_day.isoformat()) == [number]
    assert any(start[-5:] in cell.text for cell in staff.page.all("td"))


async def test_only_the_office_where_the_card_is_can_be_chosen(
    citizen: Citizen, holder: Person
) -> None:
    await citizen.identify(holder.card, holder.born)
    assert "鶴崎支所" in [fact.text for fact in citizen.page.all("li")]
    await citizen.open("office")
    citizen.at("/visitor")


async def test_a_cancelled_pickup_is_mailed_and_its_time_is_free_again(
    stack: AnyStack, new_citizen: NewCitizen, staff: Staff, holder: Person, quiet_day: date
) -> None:
    citizen, onlooker = await new_citizen(), await new_citizen()
    start = await hold_card_pickup(citizen, holder, quiet_day)
    number = await citizen.confirm()
    await onlooker.choose_office("application_at_office", "tsurusaki")
    await onlooker.comes()
    await open_day(onlooker, quiet_day)

    async def shows(places: int) -> bool:
        return await free_places(onlooker, start) == places

    await eventually("the board shows that the time is taken", lambda: shows(7))
    assert (await citizen.find(number, holder.born))["状態"] == "予約済み"
    before = time.time_ns()
    assert (await citizen.cancel())["状態"] == "取り消し済み"
    seconds, mail = await mail_to(stack, holder.email, "予約を取り消しました", before)
    freed = await eventually("the board shows the time again", lambda: shows(8))
    print(f"cancellation mail after {seconds:.2f} s, time free again after {freed:.2f} s")
    assert number in mail.get_content()
    await see(staff, quiet_day, number)
    deeds = [th.text for th in staff.page.all("th", scope="row")]
    assert ("取消", "予約") in pairwise(deeds)


async def test_staff_tick_off_who_comes_and_count_the_day(
    new_citizen: NewCitizen, staff: Staff, quiet_day: date
) -> None:
    offices = ("honcho", "akeno", "saganoseki", "notsuharu", "dainan")
    people = [new_person() for _ in offices]
    citizens = [await new_citizen() for _ in offices]
    numbers = [
        await book_pin_visit(citizen, person, office, quiet_day)
        for citizen, person, office in zip(citizens, people, offices, strict=True)
    ]
    assert sorted(await staff.day(quiet_day.isoformat())) == sorted(numbers)
    today, before = datetime.now(JST).date().isoformat(), Counter[str]()
    before.update(await staff.counts(today))
    ticked: tuple[list[str], ...] = (
        [],
        ["呼出", "手続完了"],
        ["書類不足"],
        ["元に戻す"],
    )
    for number, office, ticks in zip(numbers[:4], offices, ticked, strict=False):
        await see(staff, quiet_day, number)
        await staff.receive_here(office)
        for text in ticks:
            await (call(staff) if text == "呼出" else staff.tick(text))
    await citizens[4].find(numbers[4], people[4].born)
    await citizens[4].cancel()
    seen = {"予約（件）": 3, "人": 3, "手続き数": 3}
    came = Counter({**seen, "受付済": 1, "完了": 1, "完了できず": 1})

    async def counted() -> bool:
        """Who came early counts today, and no more on the day they had booked, but for the one
        whose reception was taken back."""
        now = Counter(await staff.counts(today))
        now.subtract(before)
        left = await staff.counts(quiet_day.isoformat())
        return +now == came and (left["予約（件）"], left["取消"]) == (2, 1)

    await eventually("the day's counts", counted)
    [cancelled] = [line for line in await csv(staff, quiet_day.isoformat()) if "大南支所" in line]
    assert ",暗証番号再設定・変更,1,1,1,0,0,0,0,0,,1,,,," in cancelled
    [called] = [line for line in await csv(staff, today) if "明野支所" in line]
    assert re.search(r",1,1,1,0,0,1,0,0,0.000,0,(\d+\.\d),\1,\1,", called)


async def csv(staff: Staff, day: str) -> list[str]:
    async with staff.session.get(f"{staff.origin}/counts.csv?day={day}") as answer:
        return (await answer.read()).decode("utf-8-sig").splitlines()


async def call(staff: Staff) -> None:
    """呼出, whose button is there on the day of the visit only, of who has just been received; from
    a terminal that stands at no window."""
    booking_id = urlsplit(staff.path).path.rpartition("/")[2]
    await staff.send("/bookings/tick", {"tick": f"call.{booking_id}.2."})
    assert staff.page.heading == "どの窓口に呼びますか"
    await staff.send("/bookings/tick", {"to": "1"})


async def test_a_person_has_one_booking_and_a_second_is_refused_without_a_word_about_it(
    new_citizen: NewCitizen, holder: Person, quiet_day: date
) -> None:
    first, second = await new_citizen(), await new_citizen()
    start = await hold_card_pickup(first, holder, quiet_day)
    number = await first.confirm()
    await second.identify(holder.card, holder.born)
    await second.comes()
    starts = await open_day(second, quiet_day)
    assert not await second.take(starts[-1])
    second.at("/existing")
    assert second.status == 409
    told = " ".join(element.text for element in second.page.elements)
    assert "すでに予約がある可能性があります" in told
    for detail in (number, start[-5:], "鶴崎", f"{quiet_day.month}月{quiet_day.day}日"):
        assert detail not in told


async def test_two_people_of_one_family_share_a_mail_address_and_both_book(
    new_citizen: NewCitizen, staff: Staff, quiet_day: date
) -> None:
    mother, child = new_person(), new_person()
    numbers = []
    for person in (mother, child):
        citizen = await new_citizen()
        await citizen.choose_office("pin", "wasada")
        await citizen.comes()
        assert await citizen.take((await open_day(citizen, quiet_day))[0])
        await citizen.about(mother.email, person.kana, person.born)
        numbers.append(await citizen.confirm())
    assert sorted(await staff.day(quiet_day.isoformat())) == sorted(numbers)


async def test_a_card_that_was_handed_over_cannot_be_booked_again(
    new_citizen: NewCitizen, staff: Staff, holder: Person, quiet_day: date
) -> None:
    citizen, again = await new_citizen(), await new_citizen()
    await hold_card_pickup(citizen, holder, quiet_day)
    number = await citizen.confirm()
    await see(staff, quiet_day, number)
    await staff.receive_here("tsurusaki")
    await staff.tick("交付済")

    async def refused() -> bool:
        await again.begin("issuance")
        await again.send("card", {"card": holder.card, **birth(holder.born)})
        return any("すでにお渡ししています" in p.text for p in again.page.all("p"))

    await eventually("eligibility learns that the card was collected", refused, 10)
    assert again.status == 409


async def test_a_wrong_date_of_birth_and_an_unknown_card_are_answered_alike(
    citizen: Citizen, holder: Person
) -> None:
    stranger = new_person()
    told = []
    for card, born in ((holder.card, stranger.born), (stranger.card, stranger.born)):
        await citizen.begin("issuance")
        await citizen.send("card", {"card": card, **birth(born)})
        told.append((citizen.status, [p.text for p in citizen.page.all("p")]))
    assert told[0] == told[1]
    assert told[0][0] == 404


async def end_hold(stack: AnyStack, start: str) -> None:
    """Minutes pass for the hold of this start time, as if nobody had extended it."""
    at = datetime.fromisoformat(start).replace(tzinfo=JST)
    past = "clock_timestamp() - interval '1 second'"
    async with as_superuser(stack) as database:
        holders = await database.fetch(
            f"UPDATE booking.hold SET expires_at = {past} WHERE starts_at = $1 RETURNING holder", at
        )
        assert len(holders) == 1
        await database.execute(
            f"UPDATE booking.cell SET taken_until = {past} WHERE taken_by = $1",
            holders[0]["holder"],
        )


async def test_the_last_button_takes_a_time_again_whose_hold_has_ended(
    stack: AnyStack, citizen: Citizen, holder: Person, quiet_day: date
) -> None:
    start = await hold_card_pickup(citizen, holder, quiet_day)
    await end_hold(stack, start)
    number = await citizen.confirm()
    found = await citizen.find(number, holder.born)
    assert f"{int(start[11:13])}:{start[14:]}" in found["日時"]

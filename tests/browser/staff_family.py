"""A family in one booking by phone or at the counter, and what it comes to."""

from services.gateway.lgwan.tests.fakes import a_booking
from services.gateway.web.link import Refused

from .staff import Desk, DeskState
from .staff_phone import BOOK, TIME, choose, fill_person, live, press_live

MORE = "button[name=more]"
SECOND = {"#p2-kana": "オオイタ ケン", "#p2-born": "S60.7.21"}


async def two_people(desk: Desk) -> None:
    await choose(desk, "pin")
    await desk.press(MORE)


async def _family(desk: Desk, path: str = "/phone") -> None:
    await choose(desk, "pin", path)
    await fill_person(desk)
    await desk.press(MORE)
    for selector, text in SECOND.items():
        await desk.page.fill(selector, text)


async def held(desk: Desk) -> None:
    await _family(desk)
    await press_live(desk, f"{TIME} >> nth=2")


async def in_turn(desk: Desk) -> None:
    await held(desk)
    await live(desk, desk.page.check("#p2-procedure-1"))
    await live(desk, desk.page.check("#arrangement-in-turn"))


async def mistyped(desk: Desk) -> None:
    await held(desk)
    await desk.page.fill("#p2-kana", "Oita")
    await desk.page.fill("#p2-card", "123456789018")
    await desk.press(BOOK)


async def all_four(desk: Desk) -> None:
    await two_people(desk)
    await desk.press(MORE)
    await desk.press(MORE)


async def one_less(desk: Desk) -> None:
    await held(desk)
    await desk.press("button[name=without][value='2']")


async def _refused(desk: Desk, **facts: object) -> None:
    await held(desk)
    desk.phone.refusals = [Refused(409, "already-booked", facts)]
    await desk.press(BOOK)


async def duplicate(desk: Desk) -> None:
    other = a_booking(number="8K2M47QX3Q").model_dump(mode="json")
    await _refused(desk, person=1, booking=other)


async def twice(desk: Desk) -> None:
    await _refused(desk, person=1, same_as=0)


async def no_room(desk: Desk) -> None:
    await choose(desk, "pin")
    await press_live(desk, f"{TIME} >> nth=2")
    desk.phone.refusals = [Refused(409, "slot-full", {})]
    await desk.press(MORE)


async def booked(desk: Desk) -> None:
    await held(desk)
    await desk.page.select_option("#relation", "self")
    await desk.page.select_option("#p2-relation", "child")
    await desk.page.fill("#email", "hanako@example.jp")
    await desk.press(BOOK)


async def guardian_of_two(desk: Desk) -> None:
    await held(desk)
    for name in ("visitor", "p2-visitor"):
        await live(desk, desk.page.select_option(f"#{name}", "guardian"))


async def received(desk: Desk) -> None:
    desk.booking.told = {"reception": 12}
    await _family(desk, "/walk-in")
    await press_live(desk, f"{TIME} >> nth=0")
    await desk.press(BOOK)


async def slip(desk: Desk) -> None:
    await booked(desk)
    await desk.press("text=控えを印刷する")


STATES = (
    DeskState("phone.html", "two people", "2人目の方", two_people),
    DeskState("phone.html", "family held", "2人分）の枠を", held),
    DeskState("phone.html", "family in turn", "2人目の方 10時30分", in_turn),
    DeskState("phone.html", "guardian of two", "同時に2つの窓口", guardian_of_two),
    DeskState("phone.html", "family mistyped", "2人目：", mistyped),
    DeskState("phone.html", "family of four", "一度に予約できるのは4人まで", all_four),
    DeskState("phone.html", "one less", "1人を外しました", one_less),
    DeskState("phone.html", "family duplicate", "2人目の方には、すでに", duplicate),
    DeskState("phone.html", "family twice", "1人目の方と同じ方です", twice),
    DeskState("phone.html", "family without room", "2人分の空きがありません", no_room),
    DeskState("phone_done.html", "family", "2人分を予約しました", booked),
    DeskState("phone_done.html", "family received", "受付番号 12", received),
    DeskState("slip.html", "family", "ご予約の控え（2人分）", slip),
)

"""Bookings by phone and at the counter: the one screen, the text to read, paper, unknown ids."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any

from services.gateway.lgwan.tests.fakes import a_booking, today_at
from services.gateway.web.link import Refused

from .staff import Desk, DeskState, opens

PERSON = {"#kana": "オオイタ ハナコ", "#born": "S35.4.1"}
CARD = {"#card": "ABC-123456", "#kana": ""}
BOOK = "button[formaction$='/book']"
TIME = "button[formaction$='/time']"


async def live(desk: Desk, act: Awaitable[Any]) -> None:
    """Do something that is sent in the background, and wait until its answer is on the page."""
    async with desk.page.expect_response(lambda answer: answer.request.method == "POST") as told:
        await act
    desk.answer = await told.value
    await desk.page.wait_for_selector("form[data-live]:not([aria-busy])")


async def press_live(desk: Desk, selector: str) -> None:
    await live(desk, desk.page.click(selector))


async def choose(desk: Desk, procedure: str, path: str = "/phone") -> None:
    """What for and where; the times appear by themselves."""
    await desk.sign_in(path)
    await live(desk, desk.page.check(f"[value={procedure}]"))
    await live(desk, desk.page.select_option("#office", "honcho"))


async def fill_person(desk: Desk, **other: str) -> None:
    for selector, text in {**PERSON, **other}.items():
        await desk.page.fill(selector, text)


async def times(desk: Desk) -> None:
    await choose(desk, "pin")


async def held(desk: Desk) -> None:
    await times(desk)
    await fill_person(desk)
    await press_live(desk, f"{TIME} >> nth=2")


async def known_card(desk: Desk) -> None:
    await choose(desk, "issuance")
    await fill_person(desk, **CARD)
    await press_live(desk, f"{TIME} >> nth=2")


async def mistyped(desk: Desk) -> None:
    await held(desk)
    await desk.page.fill("#kana", "大分")
    await desk.page.fill("#email", "a@")
    await desk.page.fill("#phone", "123456789018")
    await desk.press(BOOK)


async def nothing_typed(desk: Desk) -> None:
    await desk.sign_in("/phone")
    await desk.press(BOOK)


async def taken(desk: Desk) -> None:
    await times(desk)
    desk.phone.refusals = [Refused(409, "slot-full", {})]
    await press_live(desk, f"{TIME} >> nth=2")


async def full_times(desk: Desk) -> None:
    await times(desk)
    value = await desk.page.get_attribute(f"{TIME} >> nth=2", "value")
    desk.phone.full = {datetime.fromisoformat(value or "")}
    await press_live(desk, "[name=to_day][aria-current]")
    await desk.page.click("details.over-box summary")


async def duplicate(desk: Desk) -> None:
    await held(desk)
    other = a_booking(number="8K2M47QX3Q").model_dump(mode="json")
    desk.phone.refusals = [Refused(409, "already-booked", {"booking": other})]
    await desk.press(BOOK)


async def unseen_duplicate(desk: Desk) -> None:
    await known_card(desk)
    desk.phone.refusals = [Refused(409, "already-booked", {})]
    await desk.press(BOOK)


async def ran_out(desk: Desk) -> None:
    await held(desk)
    desk.phone.refusals = [Refused(409, "slot-full", {})]
    desk.phone.forget_holds()
    await desk.press(BOOK)


async def away(desk: Desk) -> None:
    await held(desk)
    desk.phone.away = True
    await desk.press(BOOK)


async def no_eligibility(desk: Desk) -> None:
    desk.eligibility.away = True
    await known_card(desk)


async def next_at_the_counter(desk: Desk) -> None:
    await choose(desk, "pin", "/walk-in")
    await press_live(desk, f"{TIME} >> nth=0")


async def full_counter(desk: Desk) -> None:
    await choose(desk, "pin", "/walk-in")
    desk.phone.full = {today_at(10)}
    await press_live(desk, f"{TIME} >> nth=0")


async def booked(desk: Desk) -> None:
    await held(desk)
    await desk.press(BOOK)


async def received(desk: Desk) -> None:
    desk.booking.told = {"reception": 12}
    await next_at_the_counter(desk)
    await fill_person(desk)
    await desk.press(BOOK)


async def without_id(desk: Desk) -> None:
    desk.booking.told = {"unlinked": True}
    await choose(desk, "issuance")
    await fill_person(desk)
    await desk.page.check("#unknown")
    await press_live(desk, f"{TIME} >> nth=2")
    await desk.press(BOOK)


async def slip(desk: Desk) -> None:
    await booked(desk)
    await desk.press("text=控えを印刷する")


async def waiting(desk: Desk) -> None:
    await without_id(desk)
    await desk.open("/phone/unlinked")


async def link_form(desk: Desk) -> None:
    await waiting(desk)
    await desk.press("td.act a")


async def _link(desk: Desk, refused: Refused | None = None) -> None:
    await link_form(desk)
    desk.phone.refusals = [refused] if refused else []
    for selector, text in {**PERSON, **CARD}.items():
        if text:
            await desk.page.fill(selector, text)
    await desk.press("main form .button")


async def linked(desk: Desk) -> None:
    await _link(desk)


async def other_birth(desk: Desk) -> None:
    await _link(desk, Refused(409, "other-birth", {}))


async def link_clash(desk: Desk) -> None:
    other = a_booking(number="8K2M47QX3Q").model_dump(mode="json")
    await _link(desk, Refused(409, "already-booked", {"booking": other}))


STATES = (
    DeskState("phone.html", "empty", "手続きと場所を選ぶと", opens("/phone")),
    DeskState("phone.html", "times", "残2", times),
    DeskState("phone.html", "held", "までお取りしています", held),
    DeskState("phone.html", "known card", "予約IDを確認できました", known_card),
    DeskState("phone.html", "mistyped", "ローマ字で入力してください", mistyped),
    DeskState("phone.html", "nothing typed", "手続きを選んでください", nothing_typed),
    DeskState("phone.html", "taken", "ほかの方が先に選びました", taken),
    DeskState("phone.html", "full times", "枠外で入れる", full_times),
    DeskState("phone.html", "duplicate", "すでに同じ種類の予約", duplicate),
    DeskState("phone.html", "unseen duplicate", "内容は表示できません", unseen_duplicate),
    DeskState("phone.html", "ran out", "ほかの方が選びました", ran_out),
    DeskState("phone.html", "away", "予約のシステムにつながりません", away),
    DeskState("phone.html", "no eligibility", "予約IDを確認できません", no_eligibility),
    DeskState("phone.html", "walk-in", "いちばん早い時刻を取る", opens("/walk-in")),
    DeskState("phone.html", "walk-in held", "までお取りしています", next_at_the_counter),
    DeskState("phone.html", "walk-in over capacity", "枠外です", full_counter),
    DeskState("phone_done.html", "as it is", "読み上げてください", booked),
    DeskState("phone_done.html", "received", "受付番号", received),
    DeskState("phone_done.html", "without id", "予約IDが未確認です", without_id),
    DeskState("slip.html", "as it is", "ご予約の控え", slip),
    DeskState("unlinked.html", "empty", "ID未確認の予約はありません", opens("/phone/unlinked")),
    DeskState("unlinked.html", "waiting", "予約IDを確認", waiting),
    DeskState("unlinked.html", "linked", "予約IDを確認しました", linked),
    DeskState("link.html", "as it is", "この予約の予約IDを確認する", link_form),
    DeskState("link.html", "other birth", "生年月日が誤りでした", other_birth),
    DeskState("link.html", "clash", "1つになることはありません", link_clash),
)

"""The pages on which a booking is put right, and what two people at one booking see."""

from datetime import timedelta
from uuid import UUID

from libs.contracts.booking import NewerBooking, Status
from services.gateway.lgwan.tests.fakes import a_booking, today_at

from .staff import TICK, Desk, DeskState, opens

YESTERDAY = timedelta(days=1)


def the_id(desk: Desk) -> UUID:
    return next(iter(desk.booking.kept))


def faster(desk: Desk, status: Status, what: str) -> None:
    """Somebody else changes the booking, after the page was shown."""
    changed = desk.booking._change(desk.booking.kept[the_id(desk)], status=status)
    desk.booking.note(changed, "suzuki", what)


async def contact(desk: Desk) -> None:
    await desk.sign_in(f"{desk.first}/contact")


async def contact_mistyped(desk: Desk) -> None:
    await contact(desk)
    await desk.page.fill("#email", "taro.example.jp")
    await desk.page.fill("#phone", "12")
    await desk.press("main button.button")


async def contact_changed(desk: Desk) -> None:
    await contact(desk)
    await desk.page.fill("#phone", "097-534-6111")
    await desk.press("main button.button")


async def contact_conflict(desk: Desk) -> None:
    await contact(desk)
    faster(desk, "arrived", "arrive")
    await desk.page.fill("#email", "hanako@example.jp")
    await desk.press("main button.button")


async def tick_conflict(desk: Desk) -> None:
    await desk.sign_in(desk.first)
    changed = desk.booking._change(
        desk.booking.kept[the_id(desk)], office_id="tsurusaki", window_id=1
    )
    desk.booking.note(changed, "suzuki", "changed")
    await desk.press(TICK)


async def same_tick(desk: Desk) -> None:
    await desk.sign_in(desk.first)
    faster(desk, "arrived", "arrive")
    await desk.press(TICK)


async def hopeless(desk: Desk) -> None:
    await desk.sign_in(desk.first)
    faster(desk, "cancelled", "cancelled")
    await desk.press(TICK)


async def result(desk: Desk) -> None:
    desk.booking.kept[the_id(desk)] = desk.booking.kept[the_id(desk)].model_copy(
        update={"also": ("pin",)}
    )
    await desk.sign_in(f"{desk.first}/result")


async def result_incomplete(desk: Desk) -> None:
    await result(desk)
    await desk.page.fill("#arrived", "25時")
    await desk.press("main button.button")


async def result_corrected(desk: Desk) -> None:
    await desk.sign_in(f"{desk.first}/result")
    await desk.page.select_option("#result", "missed")
    await desk.page.check("#reason")
    await desk.press("main button.button")


async def forgotten(desk: Desk) -> None:
    """A visit of yesterday that nobody ticked."""
    booking = desk.booking.kept[the_id(desk)]
    past = booking.model_copy(update={"starts_at": booking.starts_at - YESTERDAY})
    desk.booking.kept[the_id(desk)] = past
    await desk.sign_in(desk.first)


async def newer_booking(desk: Desk, seen: bool = True) -> None:
    """The card of a forgotten visit was handed over, and its person had booked again."""
    first = the_id(desk)
    newer = a_booking(starts_at=today_at(10) + YESTERDAY * 3, number="8K2M47QX11")
    desk.booking.newer[first] = NewerBooking(booking=newer if seen else None)
    if seen:
        desk.booking.kept[newer.booking_id] = newer
    await forgotten(desk)
    await desk.press(TICK)


async def newer_elsewhere(desk: Desk) -> None:
    await newer_booking(desk, seen=False)


async def entered_newer(desk: Desk) -> None:
    desk.booking.newer = {the_id(desk): NewerBooking(booking=None)}
    booking = desk.booking.kept[the_id(desk)]
    past = booking.model_copy(update={"starts_at": booking.starts_at - YESTERDAY})
    desk.booking.kept[the_id(desk)] = past
    await desk.sign_in(f"/entry?office=honcho&day={past.starts_at.date()}")
    await desk.page.select_option("[name=result-0]", "collected")
    await desk.press("main button.button")


async def moving(desk: Desk) -> None:
    await desk.sign_in(f"{desk.first}/move")


async def moved(desk: Desk) -> None:
    await moving(desk)
    await desk.page.check("[name=to] >> nth=-1")
    await desk.press("main button.button")


async def taken_meanwhile(desk: Desk) -> None:
    await moving(desk)
    desk.corrections.refusal = "slot-full"
    await desk.page.check("[name=to] >> nth=-1")
    await desk.press("main button.button")


async def card_elsewhere(desk: Desk) -> None:
    desk.corrections.no_cards = {"dainan"}
    await desk.sign_in(f"{desk.first}/move?office=dainan")


async def entry(desk: Desk) -> None:
    for hour in (9, 10, 11):
        more = a_booking(
            starts_at=today_at(hour) - YESTERDAY,
            number=f"8K2M47QX{hour:02}",
            also=("pin",) if hour == 10 else (),
        )
        desk.booking.kept[more.booking_id] = more
    await desk.sign_in(f"/entry?office=honcho&day={(today_at(9) - YESTERDAY).date()}")


async def entered(desk: Desk) -> None:
    await entry(desk)
    await desk.page.fill("[name=arrived-0]", "0905")
    await desk.page.select_option("[name=result-0]", "collected")
    await desk.page.fill("[name=arrived-1]", "25時")
    await desk.press("main button.button")


STATES = (
    DeskState("move.html", "as it is", "空いている時間", moving),
    DeskState("move.html", "taken", "先に埋まりました", taken_meanwhile),
    DeskState("move.html", "card elsewhere", "カードのある場所でだけ", card_elsewhere),
    DeskState("booking.html", "moved", "に変更しました", moved),
    DeskState("entry.html", "as it is", "入力した行を記録する", entry),
    DeskState("entry.html", "entered", "1件は入力できませんでした", entered),
    DeskState("entry.html", "empty", "結果のない予約はありません", opens("/entry?day=2020-01-06")),
    DeskState("entry.html", "newer booking", "これからの予約あり", entered_newer),
    DeskState("booking.html", "forgotten", "この予約の日は過ぎています", forgotten),
    DeskState("booking.html", "newer booking", "取り消しのメールを送ります", newer_booking),
    DeskState("booking.html", "newer elsewhere", "から取り消すよう頼んで", newer_elsewhere),
    DeskState("result.html", "as it is", "結果の訂正", result),
    DeskState("result.html", "incomplete", "結果を選んでください", result_incomplete),
    DeskState("booking.html", "result corrected", "結果を訂正しました", result_corrected),
    DeskState("contact.html", "as it is", "連絡先の変更", contact),
    DeskState("contact.html", "mistyped", "「@」がありません", contact_mistyped),
    DeskState("booking.html", "contact changed", "連絡先を変更しました", contact_changed),
    DeskState("conflict.html", "contact", "hanako@example.jp", contact_conflict),
    DeskState("conflict.html", "moved", "自分の変更をもう一度行う", tick_conflict),
    DeskState("conflict.html", "same", "もう同じ内容になっています", same_tick),
    DeskState("conflict.html", "hopeless", "はできません", hopeless),
)

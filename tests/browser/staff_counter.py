"""The pages around the counter: cards to lay out."""

from datetime import timedelta

from services.gateway.lgwan.tests.fakes import a_booking, today_at

from .staff import Desk, DeskState

TOMORROW = timedelta(days=1)


def lay(desk: Desk) -> None:
    """Cards for tomorrow, of every kind."""
    for hour in (9, 10, 11, 13):
        more = a_booking(
            starts_at=today_at(hour) + TOMORROW,
            number=f"8K2M47QX{hour:02}",
            visitor="guardian" if hour == 10 else "self",
        )
        desk.booking.kept[more.booking_id] = more
    ids = list(desk.booking.kept)[1:]
    desk.counter.prepared[ids[0]] = "suzuki"
    desk.counter.cards[ids[1]] = ("elsewhere", "tsurusaki")
    desk.counter.cards[ids[2]] = ("gone", "honcho")
    desk.counter.cards[ids[3]] = ("unknown", None)


async def cards(desk: Desk) -> None:
    lay(desk)
    await desk.sign_in()
    await desk.open("/preparations")


async def card_ready(desk: Desk) -> None:
    await cards(desk)
    await desk.press("button.tick-first >> nth=0")


async def nothing_to_lay_out(desk: Desk) -> None:
    await desk.sign_in()
    await desk.open("/preparations")


async def cards_to_return(desk: Desk) -> None:
    lay(desk)
    first = list(desk.booking.kept)[1]
    kept = desk.booking.kept[first]
    desk.booking.kept[first] = kept.model_copy(update={"status": "cancelled"})
    desk.counter.left[first] = "honcho"
    await desk.sign_in()
    await desk.open("/preparations")


async def card_not_needed_any_more(desk: Desk) -> None:
    await cards(desk)
    second = list(desk.booking.kept)[2]
    kept = desk.booking.kept[second]
    desk.booking.kept[second] = kept.model_copy(update={"status": "cancelled"})
    await desk.press("button.tick-first >> nth=0")


STATES = (
    DeskState("preparations.html", "as it is", "未準備", cards),
    DeskState("preparations.html", "ticked", "いま「準備済」です", card_ready),
    DeskState("preparations.html", "empty", "準備するカードはありません", nothing_to_lay_out),
    DeskState("preparations.html", "to return", "元の保管場所に戻すカード", cards_to_return),
    DeskState("preparations.html", "gone", "最新の一覧を表示しました", card_not_needed_any_more),
)

"""The page of the day in every state: rows, readers, what is left to enter, several outcomes."""

from datetime import timedelta
from uuid import UUID, uuid4

from libs.contracts.booking import EVERYWHERE, StaffBooking, Stamps
from services.gateway.lgwan.tests.fakes import a_booking, today_at
from services.gateway.lgwan.tests.support import OWN_OFFICES, add_staff
from services.gateway.web.times import now

from .staff import Desk, DeskState, Reach, opens

SCAN = "#scan button"


def put(desk: Desk, **fields: object) -> StaffBooking:
    made = a_booking(**fields)
    desk.booking.kept[made.booking_id] = made
    return made


async def busy_day(desk: Desk) -> None:
    """Bookings in every state, some late, some called, one with much to say about it."""
    desk.booking.kept.clear()
    states: list[tuple[str, str | None]] = [
        ("finished", "collected"), ("arrived", None), ("arrived", None), ("missed", None),
        ("finished", "papers"), ("cancelled", None), ("confirmed", None), ("confirmed", None),
    ]  # fmt: skip
    for place, (status, outcome) in enumerate(states):
        made = put(
            desk,
            starts_at=now().replace(second=0, microsecond=0)
            + timedelta(minutes=30 * (place // 2 - 2)),
            status=status,
            outcome=outcome,
            window_id=place % 2 + 1,
            number=f"8K2M47QX{place:02}",
            mail_failed=place == 6,
            card_moved=place == 6,
            visitor="guardian" if place == 6 else "self",
            channel="phone" if place == 7 else "web",
            also=("pin",) if place == 7 else (),
        )
        if status in ("arrived", "finished"):
            desk.booking.day.stamps[made.booking_id] = Stamps(
                reception=place + 1,
                arrived_at=now() - timedelta(minutes=10),
                called_at=now() if place == 2 else None,
                window=2 if place == 2 else None,
                calls=2 if place == 2 else 0,
            )
    desk.booking.day.more["8K2M47QX06"] = {
        "needs": ("wheelchair", "interpreter"),
        "language": "vi",
        "party_size": 2,
        "prepared": True,
    }
    desk.booking.day.more["8K2M47QX07"] = {"prepared": False}
    for number in ("8K2M47QX01", "8K2M47QX07"):
        desk.booking.day.more.setdefault(number, {})["party"] = UUID(int=7)
    await desk.sign_in()


async def past_day(desk: Desk) -> None:
    put(desk, starts_at=today_at(10) - timedelta(days=1), number="8K2M47QX00")
    day = (now() - timedelta(days=1)).date().isoformat()
    await opens(f"/?day={day}")(desk)


def scans(text: str) -> Reach:
    async def reach(desk: Desk) -> None:
        await desk.sign_in()
        await desk.page.fill("#number", text)
        await desk.page.press("#number", "Enter")
        await desk.page.wait_for_selector("#told p")

    return reach


async def scanned_elsewhere(desk: Desk) -> None:
    put(desk, starts_at=today_at(10) + timedelta(days=3), number="8K2M47QX00", office_id="dainan")
    await scans("8K2M4-7QX00")(desk)


async def scanned_card_elsewhere(desk: Desk) -> None:
    desk.booking.cards_elsewhere = {"honcho"}
    await scanned_elsewhere(desk)


async def received_from_the_field(desk: Desk) -> None:
    await scanned_elsewhere(desk)
    await desk.press("#told button")


async def for_another_day(desk: Desk) -> StaffBooking:
    return put(desk, starts_at=today_at(10) + timedelta(days=3), number="8K2M47QX00")


def alone(then: Reach) -> Reach:
    """As somebody who works at one office only."""

    async def reach(desk: Desk) -> None:
        staff_id = f"s{uuid4().hex[:8]}"
        add_staff(desk.accounts, staff_id, rights=(*OWN_OFFICES, EVERYWHERE), offices=["dainan"])
        await desk.sign_in("/", staff_id)
        await then(desk)

    return reach


async def on_another_day(desk: Desk) -> None:
    await desk.open(f"/bookings/{(await for_another_day(desk)).booking_id}")


async def received_here(desk: Desk) -> None:
    await on_another_day(desk)
    await desk.press(".receive-here button")


async def returned(desk: Desk) -> None:
    await received_here(desk)
    await desk.press("button[data-key=z]")


async def taken_back(desk: Desk) -> None:
    desk.booking.old_is_taken = True
    await received_here(desk)
    await desk.press("button[data-key=z]")


async def at_one_of_several(desk: Desk) -> None:
    await desk.sign_in()
    await on_another_day(desk)


async def card_of_another_place(desk: Desk) -> None:
    desk.booking.cards_elsewhere = {"dainan"}
    await on_another_day(desk)


async def scanned_two(desk: Desk) -> None:
    put(desk, starts_at=today_at(11), number="000000QX3P")
    await scans("QX3P")(desk)


async def left_open(desk: Desk) -> None:
    for place in range(3):
        number = f"8K2M47QX0{place}"
        put(desk, starts_at=today_at(10 + place) - timedelta(days=place + 1), number=number)
    await opens("/today/open")(desk)


async def entered(desk: Desk) -> None:
    await left_open(desk)
    await desk.press("button[name=tick] >> nth=0")


def called_from(terminal: str, window_in_use: bool = False) -> Reach:
    """Somebody who came is called from this terminal."""

    async def reach(desk: Desk) -> None:
        desk.booking.kept.clear()
        put(desk, status="arrived", number="8K2M47QX05")
        for place, made in enumerate(list(desk.booking.kept.values())):
            desk.booking.day.stamps[made.booking_id] = Stamps(reception=5 + place, arrived_at=now())
        if window_in_use:
            other = put(desk, status="arrived", number="8K2M47QX04", starts_at=today_at(23))
            served = {"reception": 4, "arrived_at": now(), "called_at": now(), "window": 3}
            desk.booking.day.stamps[other.booking_id] = Stamps(**served, calls=1)
            desk.counter.serving = {3: 4}
        await desk.sign_in("/")
        cookie = {"name": "terminal", "value": terminal, "url": desk.origin}
        await desk.page.context.add_cookies([cookie])  # type: ignore[list-item]
        await desk.open("/")
        await desk.page.click("[data-key=y] >> nth=0")
        await desk.page.wait_for_selector("main form[action='/bookings/tick'] .choices")

    return reach


async def terminal_chosen(desk: Desk) -> None:
    await desk.sign_in("/terminal")
    await desk.page.check("#window-3")
    await desk.press("main button.button")
    await desk.open("/terminal")


async def no_window_chosen(desk: Desk) -> None:
    await desk.sign_in("/terminal")
    await desk.press("main button.button")


def of_several(desk: Desk) -> StaffBooking:
    return put(desk, number="8K2M47QX00", also=("pin",))


async def asked_outcomes(desk: Desk) -> None:
    booking = of_several(desk)
    await opens(f"/bookings/{booking.booking_id}/outcome")(desk)


async def missing_outcome(desk: Desk) -> None:
    await asked_outcomes(desk)
    await desk.page.select_option("#outcome-1", "collected")
    await desk.press("main button.button")


STATES = (
    DeskState("today.html", "one booking", "8K2M4-7QX3P", opens("/")),
    DeskState("today.html", "busy", "来庁なし", busy_day),
    DeskState("today.html", "empty", "この日の予約はありません", opens("/?day=2020-01-06")),
    DeskState("today.html", "past", "結果未入力", past_day),
    DeskState("today.html", "scanned", "受付番号 1番", scans("8K2M4-7QX3P")),
    DeskState("today.html", "scanned four", "受付番号 1番", scans("QX3P")),
    DeskState("today.html", "scanned nothing", "受付番号でも探せます", scans("x")),
    DeskState("today.html", "scanned elsewhere", "大南支所の予約です", scanned_elsewhere),
    DeskState(
        "today.html", "received here", "空いていれば元の日時に戻ります", received_from_the_field
    ),
    DeskState("today.html", "card elsewhere", "カードがほかの場所に", scanned_card_elsewhere),
    DeskState("booking.html", "for another day", "大南支所で、いまの時間に", alone(on_another_day)),
    DeskState("booking.html", "received here", "受付番号は", alone(received_here)),
    DeskState("booking.html", "returned", "の予約に戻しました", alone(returned)),
    DeskState("booking.html", "taken back", "今日のこの場所の予約になって", alone(taken_back)),
    DeskState(
        "booking.html",
        "card elsewhere",
        "カードがほかの場所に",
        alone(card_of_another_place),
    ),
    DeskState("booking.html", "at one of several", "受け付ける場所", at_one_of_several),
    DeskState("today.html", "scanned two", "選んでください", scanned_two),
    DeskState("open.html", "as it is", "結果がまだ入力されていない", left_open),
    DeskState("open.html", "entered", "は、いま「交付済」です", entered),
    DeskState("open.html", "empty", "結果未入力の予約はありません", opens("/today/open")),
    DeskState("call.html", "which window", "どの窓口に呼びますか", called_from("honcho.0")),
    DeskState("call.html", "in use", "それでも3番窓口に呼ぶ", called_from("honcho.3", True)),
    DeskState("call.html", "not there", "今日この場所にありません", called_from("honcho.16")),
    DeskState("terminal.html", "as it is", "担当者が替わっても", opens("/terminal")),
    DeskState("terminal.html", "chosen", "3番窓口", terminal_chosen),
    DeskState("terminal.html", "nothing chosen", "入力内容をお確かめ", no_window_chosen),
    DeskState("outcome.html", "as it is", "すべての手続きの結果を選ぶと", asked_outcomes),
    DeskState("outcome.html", "one missing", "入力内容をお確かめ", missing_outcome),
)

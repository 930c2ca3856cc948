"""Finding a booking without its number, in every state of its page."""

from datetime import timedelta

from services.gateway.lgwan.tests.fakes import a_booking, today_at

from .staff import Desk, DeskState, Reach, opens

NAME = "オオイタ ハナコ 1960/4/1"
FIND = ".find-person button"


def finds(term: str, count: int = 0, searches: int = 60) -> Reach:
    async def reach(desk: Desk) -> None:
        desk.booking.searches_an_hour = searches
        desk.booking.found = [
            a_booking(number=f"8K2M47QX{n:02}", starts_at=today_at(9) + timedelta(days=n))
            for n in range(count)
        ]
        desk.booking.kept.update({one.booking_id: one for one in desk.booking.found})
        await desk.sign_in("/find")
        await desk.page.fill("#term", term)
        await desk.press(FIND)

    return reach


async def partly(desk: Desk) -> None:
    desk.booking.is_complete = False
    await finds("090-1234-5678", searches=5)(desk)


async def from_the_list(desk: Desk) -> None:
    await desk.sign_in("/bookings")
    await desk.page.fill("#term", NAME)
    await desk.press(FIND)


GONE = "/find/5eeba121-f6d4-464a-8770-df7cf6acf993"
STATES = (
    DeskState("found.html", "as it is", "記録にもアドレスにも残りません", opens("/find")),
    DeskState("found.html", "nobody", "氏名の一部だけでは見つかりません", from_the_list),
    DeskState("found.html", "nobody by card", "予約IDがわからないまま", finds("ABC-123456")),
    DeskState("found.html", "nobody by number", "英数字10文字", finds("8K2M4-00000")),
    DeskState("found.html", "nobody yet", "検索の準備が終わっていない", partly),
    DeskState("found.html", "several", "3件", finds(NAME, 3)),
    DeskState("found.html", "too many", "はじめの20件だけ", finds("a@example.jp", 20)),
    DeskState("found.html", "gone", "しばらくすると消えます", opens(GONE)),
    DeskState("found.html", "enough", "14時32分に検索できます", finds(NAME, searches=0)),
    DeskState("found.html", "mistyped", "続けて生年月日も", finds("オオイタ ハナコ")),
    DeskState("found.html", "twelve digits", "マイナンバー", finds("1234 5678 9018")),
)

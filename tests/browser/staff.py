"""Every page of the staff door in every state, and the way there."""

import errno
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from playwright.async_api import Page, Response

from dev.testing import Database
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.door.live import Hub
from services.gateway.lgwan.tests.fake_corrections import FakeCorrections
from services.gateway.lgwan.tests.fake_counter import FakeCounter
from services.gateway.lgwan.tests.fake_offers import FakeOffers
from services.gateway.lgwan.tests.fake_phone import FakePhone
from services.gateway.lgwan.tests.fake_schedules import FakeSchedules
from services.gateway.lgwan.tests.fake_texts import FakeTexts
from services.gateway.lgwan.tests.fake_today import FakeToday
from services.gateway.lgwan.tests.fakes import (
    FakeBooking,
    FakeEligibility,
    FakeNotify,
    FakeReporting,
    a_booking,
    today_at,
)
from services.gateway.lgwan.tests.support import PASSWORD
from services.gateway.web.link import Unreachable

TICK = "button[name=tick] >> nth=0"


Seats = dict[tuple[str, str], Any]
"""The cookies of whoever signed in before, by database and staff ID."""


@dataclass
class Desk:
    """Somebody before the staff door; `booking` and the others are the services in memory."""

    page: Page
    origin: str
    accounts: Database
    seats: Seats
    booking: FakeBooking
    eligibility: FakeEligibility
    notify: FakeNotify
    reporting: FakeReporting
    counter: FakeCounter
    corrections: FakeCorrections
    phone: FakePhone
    schedules: FakeSchedules
    offers: FakeOffers = field(default_factory=FakeOffers)
    hub: Hub = field(default_factory=Hub)
    texts: FakeTexts = field(default_factory=FakeTexts)
    answer: Response | None = None
    state: dict[str, Any] = field(default_factory=dict)
    """What requests find in their state; a test may put another thing there."""

    @property
    def services(self) -> Services:
        return Services(
            self.booking,
            self.eligibility,
            self.notify,
            self.reporting,
            self.counter,
            self.corrections,
            self.offers,
            self.phone,
            FakeToday(self.booking),
            self.texts,
            self.schedules,
        )

    async def open(self, path: str) -> None:
        self.answer = await self.page.goto(self.origin + path)

    async def press(self, selector: str) -> None:
        async with self.page.expect_navigation() as leaving:
            await self.page.click(selector)
        self.answer = await leaving.value

    async def sign_in(self, to: str = "/", staff_id: str = "tanaka") -> None:
        """Open a page as a member of staff: in the session of an earlier test if it goes on."""
        seat = self.accounts.name, staff_id
        await self.page.context.add_cookies(self.seats.get(seat, []))
        await self.open(to)
        if urlsplit(self.page.url).path != "/login":
            return
        await self.fill_in(PASSWORD, staff_id)
        cookies = await self.page.context.cookies()
        self.seats[seat] = [one for one in cookies if one["name"] != "terminal"]

    async def fill_in(self, password: str, staff_id: str = "tanaka") -> None:
        """Send the form of the sign-in."""
        await self.page.fill("#id", staff_id)
        await self.page.fill("#password", password)
        await self.press("main button")

    @property
    def first(self) -> str:
        return f"/bookings/{next(iter(self.booking.kept))}"


Reach = Callable[[Desk], Awaitable[None]]


@dataclass(frozen=True)
class DeskState:
    """`says` are words that only this state has."""

    template: str
    name: str
    says: str
    reach: Reach

    @property
    def id(self) -> str:
        return f"{self.template.removesuffix('.html')}-{self.name}".replace(" ", "-")


def opens(path: str) -> Reach:
    return lambda desk: desk.sign_in(path)


async def wrong_password(desk: Desk) -> None:
    await desk.open("/login")
    await desk.fill_in("wrong")


async def busy_day(desk: Desk) -> None:
    """Bookings in every state."""
    for hour, status in enumerate(("confirmed", "arrived", "finished", "missed", "cancelled"), 9):
        more = a_booking(
            starts_at=today_at(hour),
            status=status,
            outcome="collected" if status == "finished" else None,
            mail_failed=hour == 9,
            card_moved=hour == 10,
            number=f"8K2M47QX3{hour % 10}",
        )
        desk.booking.kept[more.booking_id] = more
    await desk.sign_in()


async def long_list(desk: Desk) -> None:
    desk.booking.next_after = f"_2026-12-01T10:30:00+09:00_{UUID(int=1)}"
    await busy_day(desk)
    await desk.open("/bookings?sort=-booked_at")


async def kept_search(desk: Desk) -> None:
    await opens("/bookings?channel=phone")(desk)
    await desk.page.fill("#name", "電話で受けた予約")
    await desk.press("form[action='/bookings/filters'] button")


async def nameless_search(desk: Desk) -> None:
    await opens("/bookings")(desk)
    await desk.press("form[action='/bookings/filters'] button")


async def file_made(desk: Desk) -> None:
    await opens("/bookings")(desk)
    await desk.press("form[action='/exports'] button")


async def file_being_made(desk: Desk) -> None:
    desk.booking.parts = [Unreachable("x")] * 3
    await file_made(desk)


async def file_failed(desk: Desk) -> None:
    desk.booking.parts = [OSError(errno.ENOSPC, "no space")]
    await file_made(desk)


async def conflict(desk: Desk) -> None:
    await booking(desk)
    desk.booking.by_another_terminal(next(iter(desk.booking.kept)), "missed")
    await desk.press(TICK)


async def booking(desk: Desk) -> None:
    await desk.sign_in(desk.first)


async def without_mails(desk: Desk) -> None:
    desk.notify.away = True
    await booking(desk)


async def cancelling(desk: Desk) -> None:
    await desk.sign_in(f"{desk.first}/cancel")


async def no_reason(desk: Desk) -> None:
    await cancelling(desk)
    await desk.press("main button.button-danger")


async def mail_that_waits(desk: Desk) -> None:
    desk.notify.unwritable = True
    await desk.sign_in(desk.first)


async def shielded(desk: Desk) -> None:
    desk.booking.shielded = set(desk.booking.kept)
    await booking(desk)


async def away(desk: Desk) -> None:
    await desk.sign_in()
    desk.booking.away = True
    await desk.open("/")


STATES = (
    DeskState("sign_in.html", "as it is", "職員ID", lambda desk: desk.open("/login")),
    DeskState("sign_in.html", "wrong", "パスワード", wrong_password),
    DeskState("bookings.html", "as it is", "件を表示", opens("/bookings")),
    DeskState("bookings.html", "empty", "この条件の予約は", opens("/bookings?status=missed")),
    DeskState("bookings.html", "long", "続きがあります", long_list),
    DeskState(
        "bookings.html", "mistyped", "カレンダーにある日を", opens("/bookings?from=x&number=x")
    ),
    DeskState("bookings.html", "kept searches", "電話で受けた予約", kept_search),
    DeskState("bookings.html", "no name", "条件の名前を入力してください", nameless_search),
    DeskState("exports.html", "empty", "保存したファイルはありません", opens("/exports")),
    DeskState("exports.html", "made", "ダウンロード", file_made),
    DeskState("exports.html", "being made", "作成中", file_being_made),
    DeskState("exports.html", "failed", "サーバーの保存場所がいっぱいです", file_failed),
    DeskState("booking.html", "as it is", "経過", booking),
    DeskState("booking.html", "not served online", "メールも送らない方です", shielded),
    DeskState("booking.html", "without mails", "いまは表示できません", without_mails),
    DeskState("booking.html", "mail that waits", "届くと、すぐに送られます", mail_that_waits),
    DeskState("cancel.html", "as it is", "この予約を取り消しますか", cancelling),
    DeskState("cancel.html", "no reason", "入力内容をお確かめ", no_reason),
    DeskState("conflict.html", "as it is", "いまの操作は行われていません", conflict),
    DeskState("error.html", "404", "見つかりません", opens("/nowhere")),
    DeskState("error.html", "503", "つながりにくく", away),
)

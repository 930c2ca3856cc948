"""A citizen in a real browser before the door with services in memory: the steps to each page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Page, Response

from libs.contracts.booking import CitizenBooking
from services.gateway.internet.tests.city import at
from services.gateway.internet.tests.fakes import BORN, NUMBER
from services.gateway.internet.tests.world import World

from .served import Town

BIRTH = {"#born-era": "showa", "#born": "35", "#born-month": "4", "#born-day": "1"}
FIRST_DAY = "2026-12-02"
SUBMIT = ".work form button.button"


def booked() -> CitizenBooking:
    """A card pickup in the morning of the first day that can be booked."""
    return CitizenBooking(
        number=NUMBER,
        procedure_id="issuance",
        office_id="honcho",
        starts_at=at(2, 9),
        minutes=30,
        visitor="self",
        status="confirmed",
        has_email=False,
        can_change=True,
        can_cancel=True,
        version=1,
    )


@dataclass
class Scene:
    """`answer` is the last page as it came; taps and fields are counted on the way."""

    page: Page
    town: Town
    answer: Response | None = field(default=None)
    taps: int = 0
    fields: int = 0

    @property
    def world(self) -> World:
        return self.town.world

    @property
    def origin(self) -> str:
        return self.town.origin

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    async def open(self, path: str) -> None:
        self.answer = await self.page.goto(self.origin + path)

    async def tap(self, selector: str) -> None:
        """Press what leads to another page, or sends a form."""
        self.taps += 1
        async with self.page.expect_navigation() as leaving:
            await self.page.click(selector)
        self.answer = await leaving.value

    async def fill(self, fields: Mapping[str, str]) -> None:
        for selector, text in fields.items():
            self.fields += 1
            if selector.endswith("-era"):
                await self.page.select_option(selector, text)
            else:
                await self.page.fill(selector, text)

    async def sees(self, words: str) -> bool:
        return words in await self.page.inner_text("main")

    async def heading(self) -> str:
        return await self.page.inner_text("h1")

    async def forget(self) -> None:
        """The browser loses every cookie."""
        await self.page.context.clear_cookies()

    async def lose_session(self) -> None:
        """The browser forgot who it was; the answers are still there."""
        await self.page.context.clear_cookies(name="session")

    # From the entrance to the end, page by page.

    async def begin(self, procedure: str = "issuance") -> None:
        await self.open("/book")
        await self.tap(f"button[value={procedure}]")

    async def identify(self, card: str = "ABC-123456", **birth: str) -> None:
        await self.fill({"#card": card, **BIRTH, **birth})
        await self.tap(SUBMIT)

    async def come(self, visitor: str = "self") -> None:
        await self.tap(f"button[value={visitor}]")

    async def choose_day(self, day: str = FIRST_DAY) -> None:
        await self.tap(f"a[href='../../day/{day}']")

    async def choose_time(self, clock: str = "09:00", day: str = FIRST_DAY) -> None:
        await self.tap(f"button[value='{day}T{clock}'] >> nth=0")

    async def tell(self, email: str = "hanako@example.jp") -> None:
        if email:
            await self.fill({"#email": email})
        await self.tap(SUBMIT)

    async def confirm(self) -> None:
        await self.tap("form[action=confirm] button")

    async def to_visitor(self) -> None:
        await self.begin()
        await self.identify()

    async def to_month(self) -> None:
        await self.to_visitor()
        await self.come()

    async def to_day(self) -> None:
        await self.to_month()
        await self.choose_day()

    async def to_you(self) -> None:
        await self.to_day()
        await self.choose_time()

    async def to_check(self, email: str = "hanako@example.jp") -> None:
        await self.to_you()
        await self.tell(email)

    async def to_done(self, email: str = "hanako@example.jp") -> None:
        await self.to_check(email)
        await self.confirm()

    async def find(self, number: str = NUMBER, **birth: str) -> None:
        await self.open("/find")
        await self.fill({"#number": number, **BIRTH, **birth})
        await self.tap(SUBMIT)

    def has_booking(self, **changes: Any) -> None:
        """Somebody booked some days ago, with the number NUMBER."""
        booking = booked().model_copy(update=changes)
        self.world.booking.bookings[NUMBER] = (BORN, booking)

    async def to_booking(self) -> None:
        self.has_booking()
        await self.find()

    async def to_change(self) -> None:
        await self.to_booking()
        await self.tap("main a[href^='month/']")
        await self.choose_day("2026-12-03")
        await self.choose_time("10:00", "2026-12-03")

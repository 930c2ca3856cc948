"""A citizen and a member of staff who walk through the pages: follow links, fill in the forms.

For the tests across the services, the compose smoke test and the bench: the doors see what a
browser without JavaScript would send.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date
from typing import Self
from urllib.parse import parse_qs, urljoin, urlsplit

import aiohttp

from .page import Element, Lost, Page, Pairs
from .places import new_place


class Visitor:
    """`page`, `path` and `status` are what is before the visitor's eyes.

    `check` is called with the answer's headers and text of every page, for tests that look closer.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        origin: str,
        check: Callable[[Mapping[str, str], str], object] | None = None,
    ) -> None:
        self.session = session
        self.origin = origin
        self._check = check
        self.page = Page("")
        self.path = "/"
        self.status = 0

    async def open(self, path: str) -> Self:
        """Go to an address, relative to the page."""
        return await self._look(self.session.get(self._url(path)))

    async def send(
        self,
        action: str,
        fields: Pairs | None = None,
        file: tuple[str, bytes] | None = None,
        to: str = "",
    ) -> Self:
        """Send the form that goes to `action`, with these fields over its own and maybe a file;
        with a button of it that goes elsewhere, there: `to`."""
        values = {**self.page.form(action).fields, **(fields or {})}
        data: Pairs | aiohttp.FormData = values
        if file:
            data = aiohttp.FormData(values)
            data.add_field("file", file[1], filename=file[0], content_type="text/csv")
        headers = {"Origin": self.origin, "Referer": self._url("")}
        return await self._look(
            self.session.post(self._url(to or action), data=data, headers=headers)
        )

    async def press(self, action: str, text: str) -> Self:
        """Press the first button with this text of the form that goes to `action`."""
        for button in self.page.form(action).buttons:
            own = button.attributes
            if button.text == text:
                return await self.send(action, {own["name"]: own["value"]})
        raise Lost(f"No button “{text}” on the page “{self.page.heading}”.")

    def at(self, ending: str) -> None:
        """Raises Lost unless the page's path ends so."""
        if not self.path.endswith(ending):
            raise Lost(
                f"Expected …{ending}, but at {self.path} ({self.status}): “{self.page.heading}”"
            )

    def _url(self, path: str) -> str:
        return urljoin(self.origin + self.path, path)

    async def _look(self, asked: "aiohttp.client._RequestContextManager") -> Self:
        async with asked as answer:
            text = await answer.text()
            self.status, self.path = answer.status, answer.url.path_qs
            if self._check:
                self._check(answer.headers, text)
        self.page = Page(text)
        return self


class Citizen(Visitor):
    """Books at the internet door, one page after the other."""

    async def begin(self, procedure: str) -> None:
        await self.open("/book")
        await self.send("/book", {"procedure": procedure})

    async def identify(self, card: str, born: date) -> None:
        """Whose card it is. Ends at the page that asks who comes."""
        await self.begin("issuance")
        await self.send("card", {"card": card, **birth(born)})
        self.at("/visitor")

    async def choose_office(self, procedure: str, office: str) -> None:
        """For what is done at any office. Ends at the page that asks who comes."""
        await self.begin(procedure)
        await self.send("office", {"office": office})
        self.at("/visitor")

    async def comes(self, visitor: str = "self") -> list[str]:
        """Who comes. The free days of the first month that has any, as ISO dates."""
        await self.send("visitor", {"visitor": visitor})
        return self.free_days()

    def free_days(self) -> list[str]:
        """The days that the calendar on the page links to, as ISO dates."""
        return [_last(link) for link in self.page.links("day/")]

    async def times(self, day: str) -> list[str]:
        """The free start times of a day of the calendar, as the form sends them."""
        for link in self.page.links(f"day/{day}"):
            await self.open(link.attributes["href"])
            buttons = self.page.form("../time").buttons
            return [b.attributes["value"] for b in buttons if b.attributes.get("name") == "start"]
        raise Lost(f"{day} is no link on the page “{self.page.heading}”.")

    async def take(self, start: str) -> bool:
        """Choose a time; whether it is held now, or somebody was faster."""
        await self.send("../time", {"start": start})
        return self.path.endswith(("/you", "/check"))

    async def about(self, email: str = "", kana: str = "", born: date | None = None) -> None:
        """The last question; ends at the page that shows everything again."""
        name = {"kana": kana, **birth(born)} if born else {}
        await self.send("you", {"email": email, **name})
        self.at("/check")

    async def confirm(self) -> str:
        """Book. The number as it is shown."""
        await self.send("confirm")
        self.at("/done")
        shown = {"class": "number"}
        return self.page.all("p", **shown)[0].text

    async def find(self, number: str, born: date) -> Pairs:
        """One's booking as the page describes it."""
        await self.open("/find")
        await self.send("/find", {"number": number, **birth(born)})
        self.at("/show")
        return self.page.facts()

    async def cancel(self) -> Pairs:
        """Cancel the booking that was found; how it stands then."""
        await self.open("cancel")
        await self.send("cancel")
        self.at("/show")
        return self.page.facts()


_COUNTS = {"新しい": "追加", "変わる": "変更", "同じ": "変更なし", "取り込まない": "誤り"}
"""What the dry run calls what the report counts."""


class Staff(Visitor):
    """Works at the LGWAN door."""

    async def sign_in(self, staff_id: str, password: str) -> None:
        await self.open("/login")
        await self.send("/login", {"id": staff_id, "password": password})
        if self.path.startswith("/login"):
            raise Lost(f"Not signed in ({self.status}): “{self.page.heading}”")

    async def may_import(self) -> bool:
        """Whether the page offers its form: not before the city's offices have come in."""
        await self.open("/imports")
        return any(form.action == "/imports" for form in self.page.forms)

    async def import_persons(self, name: str, content: bytes) -> dict[str, int]:
        """From the file to the list, by the columns that are found: the counts of the report (行数,
        追加, 変更, 変更なし, 誤り)."""
        await self.open("/imports")
        await self.send("/imports", file=(name, content))
        draft = urlsplit(self.path).path
        if not draft.startswith("/imports/drafts/"):
            raise Lost(f"Not taken in ({self.status}): “{self.page.heading}”")
        await self.send(f"{draft}/stage", self.page.choices)
        await self._until_done(draft)
        if self.page.heading != "この内容で反映しますか":
            raise Lost(f"Not compared ({self.status}): “{self.page.heading}”")
        if any(form.action == f"{draft}/apply" for form in self.page.forms):
            await self.send(f"{draft}/apply", {"confirmed": "1"})
            await self._until_done(draft)
            if "done" not in parse_qs(urlsplit(self.path).query):
                raise Lost(f"Not imported ({self.status}): “{self.page.heading}”")
        counts = {_COUNTS.get(what, what): count for what, count in self.page.facts().items()}
        return {what: int(counts[what]) for what in ("行数", *_COUNTS.values())}

    async def _until_done(self, draft: str) -> None:
        """The page of the progress comes again by itself; here it is opened again."""
        while urlsplit(self.path).path.endswith("/progress"):
            await asyncio.sleep(0.2)
            await self.open(draft)

    async def day(self, day: str) -> list[str]:
        """The numbers of a day's bookings (an ISO date) at all offices, earliest first."""
        await self.open(f"/bookings?from={day}&until={day}")
        return [link.text for link in self.page.links("/bookings/")]

    async def see(self, number: str) -> None:
        """Open a booking of the list on the page."""
        for link in self.page.links("/bookings/"):
            if link.text == number:
                await self.open(link.attributes["href"])
                return
        raise Lost(f"{number} is not in the list “{self.page.heading}”.")

    async def tick(self, text: str) -> None:
        """Press the first button with this text: 受付, 交付済, 来庁なし …"""
        await self.press("/bookings/tick", text)
        if "changed" not in parse_qs(urlsplit(self.path).query):
            raise Lost(f"Not ticked ({self.status}): “{self.page.heading}”")

    async def receive_here(self, office: str) -> None:
        """今日・ここで受け付ける, on the page of a booking for another day or office."""
        await self.send(f"{urlsplit(self.path).path}/here", {"office": office})
        if parse_qs(urlsplit(self.path).query).get("changed") != ["here"]:
            raise Lost(f"Not received ({self.status}): “{self.page.heading}”")

    async def phone(self, to: str, typed: Pairs) -> None:
        """Press a button of 電話予約 or 窓口受付 that goes to `to`, with what was typed by now."""
        form = self.page.form(f"/{to.split('/')[1]}")
        fields = {**form.fields, **typed}
        headers = {"Origin": self.origin, "Referer": self._url("")}
        await self._look(self.session.post(self._url(to), data=fields, headers=headers))

    async def stand_at(self, office: str, window: int) -> None:
        """This terminal stands at a window; 0 is the reception."""
        await self.open(f"/terminal?office={office}")
        await self.send("/terminal", {"office": office, "window": str(window)})

    async def counts(self, day: str) -> dict[str, int]:
        """The sums of a day (an ISO date) by heading, 予約（件） …; empty without bookings."""
        await self.open(f"/counts?day={day}")
        headings = [e.text for e in self.page.all("th", scope="col")][1:14]
        cells = [e.text for e in self.page.all("th", "td")]
        sums = cells[cells.index("合計") + 1 :] if "合計" in cells else []
        pairs = zip(headings, sums, strict=False)
        return {heading: int(cell) for heading, cell in pairs if cell.isdecimal()}


def _last(link: Element) -> str:
    return link.attributes["href"].rpartition("/")[2]


def birth(born: date) -> Pairs:
    """The fields of a date of birth."""
    parts = {"year": born.year, "month": born.month, "day": born.day}
    return {"born-era": "ce", **{f"born-{part}": str(number) for part, number in parts.items()}}


@asynccontextmanager
async def browsing(trusted: ssl.SSLContext | None = None) -> AsyncIterator[aiohttp.ClientSession]:
    """One browser: its cookies and its connections. `trusted` knows a certificate of ours."""
    connector = aiohttp.TCPConnector(ssl=trusted or True)
    jar = aiohttp.CookieJar(unsafe=True)  # also for addresses without a name
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=jar, headers=new_place()
    ) as session:
        yield session

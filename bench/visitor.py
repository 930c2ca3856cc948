"""A citizen at the internet door, as cheap as a load generator must be: no HTML parser."""

import re
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from dev.places import new_place

_HIDDEN = re.compile(r'name="(csrf|key)" value="([^"]+)"')
_TIMES = re.compile(r'name="start" value="([^"]+)"')
_NUMBER = re.compile(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}")
# No vowels: names are compared without telling a long one from two.
_DIGITS = str.maketrans("0123456789", "カキクケコサシスセソ")


class Lost(Exception):
    """The door answered something else than the next page."""


@dataclass
class Visitor:
    """One browser. `prepare` walks up to the times, `hold` takes one, `confirm` books it."""

    door: str
    name: int
    email: str = ""
    draft: str = ""
    form: dict[str, str] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        jar = aiohttp.CookieJar(unsafe=True)
        self.session = aiohttp.ClientSession(
            cookie_jar=jar, timeout=aiohttp.ClientTimeout(total=60), headers=new_place()
        )
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.session.close()

    async def get(self, path: str) -> str:
        async with self.session.get(f"{self.door}{path}") as answer:
            return await self._page(answer, (200,))

    async def post(self, path: str, **values: str) -> str:
        """Send the form of the page that was seen last; the path it leads to."""
        data = {**self.form, **values}
        url = f"{self.door}{path}"
        headers = {"origin": self.door}
        async with self.session.post(
            url, data=data, headers=headers, allow_redirects=False
        ) as answer:
            await self._page(answer, (303,))
            return str(answer.url.join(URL(answer.headers["location"])).path)

    async def _page(self, answer: aiohttp.ClientResponse, wanted: tuple[int, ...]) -> str:
        text = await answer.text()
        if answer.status not in wanted:
            raise Lost(f"{answer.method} {answer.url.path.split('/')[-1]} gave {answer.status}")
        if found := _HIDDEN.findall(text):
            self.form = dict(found)
        return text

    async def prepare(self, office: str, procedure: str = "pin") -> None:
        """Choose what, where and who comes."""
        await self.get("/book")
        self.draft = (await self.post("/book", procedure=procedure)).rsplit("/", 1)[0]
        await self.post(f"{self.draft}/office", office=office)
        await self.post(f"{self.draft}/visitor", visitor="self")

    async def times(self, day: str) -> list[str]:
        """The start times that the day's page offers."""
        return _TIMES.findall(await self.times_page(day))

    async def times_page(self, day: str) -> str:
        """The page on which one chooses a time of the day."""
        return await self.get(f"{self.draft}/day/{day}")

    async def hold(self, start: str) -> bool:
        """Take a time; False when the door leads back to the times."""
        return (await self.post(f"{self.draft}/time", start=start)).endswith(("/you", "/check"))

    async def confirm(self) -> str:
        """Say who comes, check, book; the booking number, or '' when the door says no."""
        born = {"born-era": "ce", "born-year": "1960", "born-month": "4", "born-day": "1"}
        kana = "ベンチ" + str(self.name).translate(_DIGITS)
        await self.post(f"{self.draft}/you", kana=kana, email=self.email, **born)
        await self.get(f"{self.draft}/check")
        if not (await self.post(f"{self.draft}/confirm")).endswith("/done"):
            return ""
        found = _NUMBER.search(await self.get(f"{self.draft}/done"))
        return found[0] if found else ""

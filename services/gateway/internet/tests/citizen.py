"""A citizen without JavaScript: follows links, fills in forms, and checks every page on the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import Cookie
from typing import Any
from urllib.parse import urljoin, urlsplit

from starlette.testclient import TestClient

from services.gateway.web.testing import Page

TICKED = ("checkbox", "radio")
ORIGIN = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class Moment:
    page: Page
    path: str
    cookies: list[Cookie]


class Citizen:
    """`path`, `status`, `page` and `html` are what is before the citizen's eyes."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.path = ""
        self.status = 0
        self.page: Page
        self.html = ""

    def open(self, path: str) -> "Citizen":
        return self.see(self.client.get(path))

    def follow(self, href: str) -> "Citizen":
        assert self.page.all("a", href=href), f"the page has no link to {href}"
        return self.open(urljoin(self.path, href))

    def send(self, action: str, fields: Mapping[str, str] | None = None) -> "Citizen":
        """Send the form that goes to `action`, with these fields over its own."""
        form = self.page.one("form", action=action)
        sent = [
            e for e in form.iter("input") if e.get("type") not in TICKED or "checked" in e.attrib
        ]
        own = {e.get("name", ""): e.get("value", "") for e in sent}
        return self.post(urljoin(self.path, action), {**own, **(fields or {})})

    def post(self, path: str, fields: Mapping[str, str]) -> "Citizen":
        return self.see(self.client.post(path, data=dict(fields), headers={"Origin": ORIGIN}))

    def remember(self) -> "Moment":
        """This page with the cookies as they are: another tab, or a second click."""
        return Moment(self.page, self.path, list(self.client.cookies.jar))

    def go_back_to(self, moment: "Moment") -> None:
        self.page, self.path = moment.page, moment.path
        for cookie in moment.cookies:
            self.client.cookies.jar.set_cookie(cookie)

    def sees(self, words: str) -> bool:
        return words in self.page.text

    def see(self, response: Any) -> "Citizen":
        """Look at an answer, which is a sound page with every protection."""
        assert response.headers["x-content-type-options"] == "nosniff"
        self.status = response.status_code
        self.path = urlsplit(str(response.url)).path
        self.html = response.text
        self.page = Page(response)
        return self


def identify(citizen: Citizen, card: str = "ABC-123456", year: str = "1960") -> Citizen:
    """From the entrance to the page that asks who comes."""
    citizen.open("/book").send("/book", {"procedure": "issuance"})
    return citizen.send("card", birth(year) | {"card": card})


def birth(year: str = "1960", month: str = "4", day: str = "1", era: str = "ce") -> dict[str, str]:
    return {"born-era": era, "born-year": year, "born-month": month, "born-day": day}


def choose_time(citizen: Citizen, start: str = "2026-12-02T09:00") -> Citizen:
    """From who comes to the page after the time."""
    citizen.send("visitor", {"visitor": "self"})
    citizen.follow(f"../../day/{start[:10]}")
    return citizen.send("../time", {"start": start})


def reach_check(citizen: Citizen, email: str = "") -> Citizen:
    choose_time(identify(citizen))
    return citizen.send("you", {"email": email})

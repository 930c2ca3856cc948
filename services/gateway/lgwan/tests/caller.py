"""A member of staff with somebody on the phone: the one form, filled in step by step."""

from datetime import date, timedelta
from typing import Any

from services.gateway.lgwan.door.context import Services
from services.gateway.web.testing import Page
from services.gateway.web.times import now

from .fake_phone import FakePhone
from .support import Browser

BIRTH = {"born": "S35.4.1"}
PERSON = {"kana": "オオイタ ハナコ", **BIRTH}
PIN = {"procedure": "pin", "office": "honcho"}
CARD = {"procedure": "issuance", "office": "honcho", "card": "ＡＢＣ−１２３４５６", **BIRTH}


def phone_of(services: Services) -> FakePhone:
    assert isinstance(services.phone, FakePhone)
    return services.phone


def next_weekday(after: int = 0) -> date:
    """A day on which the office is open: the first from tomorrow on, or a later one."""
    days = (now().date() + timedelta(days=ahead) for ahead in range(1, 30))
    return [day for day in days if day.weekday() < 5][after]


class Call:
    """The form on the screen; what was typed is sent again each time, as a browser would."""

    def __init__(self, desk: Browser, path: str = "/phone") -> None:
        self.desk = desk
        self.path = path
        self.typed: dict[str, Any] = {}
        desk.open(path)

    def send(self, to: str = "", **fields: Any) -> Page:
        """Press a button; fields keep what they were."""
        again: dict[str, Any] = {
            field.get("name", ""): field.get("value", "")
            for name in ("form", "people", "held", "first", "day")
            for field in self.desk.page.all("input", name=name)
        }
        self.typed |= fields
        pressed: dict[str, Any] = {
            name: self.typed.pop(name)
            for name in ("start", "to_day", "more", "without")
            if name in fields
        }
        return self.desk.send(self.path + to, {**again, **self.typed, **pressed})

    def times(self) -> list[str]:
        """The times that can be pressed, as their buttons send them."""
        return [b.get("value", "") for b in self.desk.page.all("button", name="start")]

    def hold(self, **fields: Any) -> Page:
        """Choose what for, then the first time."""
        self.send(**fields)
        return self.send("/time", start=self.times()[0])

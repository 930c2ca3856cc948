"""What people type about times: days, clock times, window numbers; read, or refused in words."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import TypeVar

from libs.contracts.times import JST
from libs.rules.folding import fold
from libs.rules.personal_numbers import has_individual_number
from services.gateway.web.forms import Form
from services.gateway.web.typed import INDIVIDUAL_NUMBER, Mistyped

NO_DAY = "{what}を、カレンダーから選んでください。例：2026年12月1日"
NO_TIME = "{what}を、時刻で入力してください。例：9:00"
NO_WINDOWS = "{what}を、番号で入力してください。例：1-8、または 1,3,5"
NO_CHOICE = "{what}を、1つ以上選んでください。"
LAST_WINDOW = 99
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_TIME = re.compile(r"(\d{1,2})(?::|時)(\d{2})?分?(?::00)?")
_RANGE = re.compile(r"(\d{1,2})番?(?:[-~](\d{1,2})番?)?")
_YEARS = range(2000, 2100)

Value = TypeVar("Value")


class FormReader:
    """A form being read: what is wrong is noted under its field, and reading goes on."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self.errors: dict[str, str] = {}

    def text(self, name: str) -> str:
        """What was typed, without blanks around it; nothing of a text with twelve digits."""
        typed = " ".join(self._form.typed(name).split())[:400]
        if has_individual_number(typed):
            self.errors[name] = INDIVIDUAL_NUMBER
            return ""
        return typed

    def day(self, name: str, what: str) -> date | None:
        """None where nothing or nonsense was typed; nonsense is noted."""
        return self._optional(name, what, read_day)

    def need_day(self, name: str, what: str) -> date:
        return self._needed(name, what, read_day, NO_DAY, date.min)

    def hour(self, name: str, what: str) -> time | None:
        return self._optional(name, what, read_time)

    def need_hour(self, name: str, what: str) -> time:
        return self._needed(name, what, read_time, NO_TIME, time.min)

    def windows(self, name: str, what: str) -> tuple[int, ...]:
        return self._optional(name, what, read_windows) or ()

    def some(self, name: str, what: str, known: Iterable[str]) -> tuple[str, ...]:
        """One or more of the choices that are known, in the order of these."""
        chosen = set(self._form.all(name))
        found = tuple(one for one in known if one in chosen)
        if not found:
            self.errors[name] = NO_CHOICE.format(what=what)
        return found

    def chosen(self, name: str) -> bool:
        return self._form.get(name) == "1"

    def _optional(self, name: str, what: str, read: Callable[[str, str], Value]) -> Value | None:
        text = self.text(name)
        if not text:
            return None
        try:
            return read(text, what)
        except Mistyped as mistyped:
            self.errors[name] = str(mistyped)
            return None

    def _needed(
        self, name: str, what: str, read: Callable[[str, str], Value], missing: str, nothing: Value
    ) -> Value:
        value = self._optional(name, what, read)
        if value is None:
            self.errors.setdefault(name, missing.format(what=what))
            return nothing
        return value


def read_day(text: str, what: str) -> date:
    """Raises Mistyped."""
    found = _DAY.fullmatch(fold(text))
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        raise Mistyped(NO_DAY.format(what=what))
    return day


def read_time(text: str, what: str) -> time:
    """9:00, 9時, 9時30分. Raises Mistyped."""
    found = _TIME.fullmatch(fold(text))
    try:
        return time(int(found[1]), int(found[2] or 0)) if found else _no_time(what)
    except ValueError:
        return _no_time(what)


def read_windows(text: str, what: str) -> tuple[int, ...]:
    """1-8, 1,3,5, 1番から8番: ascending, each once. Raises Mistyped."""
    plain = (
        fold(text.replace("から", "-").replace("まで", "")).replace("〜", "-").replace("、", ",")
    )
    numbers: set[int] = set()
    for part in filter(None, plain.split(",")):
        found = _RANGE.fullmatch(part)
        first = int(found[1]) if found else 0
        last = int(found[2] or first) if found else 0
        if not 1 <= first <= last <= LAST_WINDOW:
            raise Mistyped(NO_WINDOWS.format(what=what))
        numbers.update(range(first, last + 1))
    return tuple(sorted(numbers))


def windows_text(windows: Iterable[int]) -> str:
    """1-8, or 1,3,5-7."""
    runs: list[list[int]] = []
    for window in sorted(windows):
        if runs and window == runs[-1][1] + 1:
            runs[-1][1] = window
        else:
            runs.append([window, window])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, JST)


def _no_time(what: str) -> time:
    raise Mistyped(NO_TIME.format(what=what))

"""申し送り: what colleagues should know on a day at an office. Nobody's personal data."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode
from uuid import UUID

from libs.contracts.times import find_day
from libs.rules.folding import fold
from libs.rules.personal_numbers import has_individual_number
from services.gateway.web.typed import INDIVIDUAL_NUMBER

NOTE_LENGTH = 500
NOTE_DAYS = 30
NOTES_MOST = 20
"""Notes that stand at one office at once, so that each is still read."""
PATH = "/notes"

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_PHONE = re.compile(r"(?<!\d)(?:\+81-?|0)(?:[-()]?\d){9,10}(?!-?\d)")
_CARD_NUMBER = re.compile(r"(?<![A-Z0-9])[A-Z0-9]{3}-?\d{6}(?![A-Z0-9-])")
_BLANK_LINES = re.compile(r"\n{3,}")
_UNSEEN = re.compile(r"[^\S\n　]|[\x00-\x09\x0b-\x1f\x7f]")

EMPTY = "申し送りを入力してください。"
LONG = f"申し送りは、{NOTE_LENGTH}文字以内で入力してください。"
EMAIL = "メールアドレスは書けません。予約の詳細で確かめられます。"
PHONE = "電話番号は書けません。予約の詳細で確かめられます。"
CARD_NUMBER = "製造管理番号は書けません。予約番号で書いてください。"
NO_DAY = "日付を入力してください。"
PAST = "今日より前の日にはできません。"
ORDER = "「いつまで」は、「いつから」と同じ日か、それより後にしてください。"
FAR = f"今日から{NOTE_DAYS}日後までにしてください。"


@dataclass(frozen=True)
class Note:
    """`written_by` wrote it, `changed_by` changed it last; both are ids of accounts."""

    note_id: UUID
    office_id: str
    first_day: date
    last_day: date
    body: str
    version: int
    written_by: str
    written_at: datetime
    changed_by: str | None = None

    @property
    def lines(self) -> list[str]:
        return self.body.split("\n")

    @property
    def path(self) -> str:
        return f"{PATH}/{self.note_id}"


@dataclass(frozen=True)
class NoteDraft:
    """A note as it was typed: `day` and `until` are ISO dates."""

    body: str
    day: str
    until: str


def read_body(typed: str) -> str:
    """The text as it is kept: lines end alike, blanks that nobody sees are single ones."""
    lines = unicodedata.normalize("NFC", typed).replace("\r\n", "\n").replace("\r", "\n")
    shown = _UNSEEN.sub(" ", lines)
    return _BLANK_LINES.sub("\n\n", "\n".join(map(str.rstrip, shown.split("\n")))).strip()


def wrong_body(body: str) -> str:
    """What is wrong with it, or nothing. Names cannot be told from other words; numbers can."""
    if has_individual_number(body):
        return INDIVIDUAL_NUMBER
    if not body:
        return EMPTY
    if len(body) > NOTE_LENGTH:
        return LONG
    return next((told for line in body.split("\n") if (told := _personal(line))), "")


def _personal(line: str) -> str:
    for word in line.split():
        if _EMAIL.search(fold(word)):
            return EMAIL
        if _CARD_NUMBER.search(fold(word).upper()):
            return CARD_NUMBER
    return PHONE if _PHONE.search(fold(line)) else ""


def wrong_days(draft: NoteDraft, today: date) -> dict[str, str]:
    """What is wrong with the days, by field."""
    days = {name: find_day(getattr(draft, name)) for name in ("day", "until")}
    errors = {name: NO_DAY for name, day in days.items() if day is None}
    first, last = days["day"], days["until"]
    if first is None or last is None:
        return errors
    if last < today:
        return {"until": PAST}
    if last > today + timedelta(days=NOTE_DAYS):
        return {"until": FAR}
    return {"until": ORDER} if last < first else {}


def note_id_of(staff_id: str, key: str) -> UUID:
    """The same form sent twice is one note."""
    return UUID(bytes=sha256(f"{staff_id}|{key}".encode()).digest()[:16])


def notes_url(office_id: str, day: date) -> str:
    return f"{PATH}?{urlencode({'office': office_id, 'day': day.isoformat()})}"

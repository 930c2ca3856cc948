"""What one takes along from a booking: an entry for the calendar, and the number as a QR code."""

import html
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO

import segno
from icalendar import Calendar, Event, vUri

from services.gateway.web.language import _
from services.gateway.web.ruby import plain

TITLE = _("マイナンバーカードの窓口（大分市）")
NUMBER = _("予約番号")
BRING = _("持ち物")
GUIDANCE = _("この日のご案内")
CHANGES = _("予約の確認・変更・取り消し")


@dataclass(frozen=True)
class CalendarEntry:
    """A booking as a calendar shows it. `version` is the booking's: a later one replaces it."""

    number: str
    version: int
    starts_at: datetime
    minutes: int
    procedure: str
    place: str
    documents: tuple[str, ...]
    guided: tuple[str, ...] = ()
    """来庁日の案内 of its day, in the language of the page."""
    cancelled: bool = False


def calendar_entry(entry: CalendarEntry, site: str, made_at: datetime) -> bytes:
    """An iCalendar file. `site` is the address where the booking can be changed."""
    event = Event()
    event.add("uid", f"{_digest(entry.number)}@oita-yoyaku")
    event.add("sequence", entry.version)
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", (entry.starts_at + timedelta(minutes=entry.minutes)).astimezone(UTC))
    event.add("summary", _say(TITLE))
    event.add("location", entry.place)
    event.add("description", _description(entry, site))
    event.add("url", vUri(site))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//Oita City//Yoyaku//JA")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def qr_code(number: str) -> bytes:
    """The number as an SVG picture, for the reader at the counter."""
    picture = BytesIO()
    segno.make(number, error="m", micro=False).save(
        picture, kind="svg", border=4, omitsize=True, xmldecl=False, light="#fff"
    )
    return picture.getvalue()


def _description(entry: CalendarEntry, site: str) -> str:
    shown = f"{entry.number[:5]}-{entry.number[5:]}"
    lines = [f"{_say(NUMBER)} {shown}", entry.procedure]
    if entry.guided:
        lines += [f"{_say(GUIDANCE)}:", *(f"- {text}" for text in entry.guided)]
    if entry.documents:
        lines += [f"{_say(BRING)}:", *(f"- {document}" for document in entry.documents)]
    return "\n".join([*lines, f"{_say(CHANGES)}: {site}"])


def _digest(number: str) -> str:
    """The same for every version of a booking, and no number that could be used."""
    return sha256(b"visit|" + number.encode()).hexdigest()[:32]


def _say(sentence: str) -> str:
    """A sentence in the language of the page, without marks."""
    return html.unescape(plain(sentence))

"""A mail from what is known of a visit: the words, the headers, the bytes."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from email.header import Header
from email.parser import BytesHeaderParser
from email.utils import format_datetime, formataddr
from functools import cached_property, lru_cache
from uuid import UUID, uuid5

from libs.contracts.booking import Language
from libs.contracts.notify import MailKind, TextPlace

from .languages import (
    nothing,
    shown_clock,
    shown_deadline,
    shown_guidance,
    shown_line,
    shown_list,
    shown_names,
    shown_time,
    with_number,
)
from .template import Template

Templates = Mapping[Language, Mapping[MailKind, Template]]

_HEADERS = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
)
_PARSER = BytesHeaderParser()


class UnsafeHeader(ValueError):
    """A header value that could become another header."""


@dataclass(frozen=True)
class MailFrom:
    """Who the city's mails are from."""

    name: str
    address: str

    @cached_property
    def header(self) -> str:
        return formataddr((self.name, self.address), "utf-8")

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class Companion:
    """One of several whom a mail tells about: the number, the word that tells whose it is, what
    for, and when, if they do not all come at the same time."""

    number: str
    word: str
    procedures: str
    starts_at: datetime | None


@dataclass(frozen=True)
class LetterVisit:
    """What a mail tells of a booking, in the language it is written in."""

    language: Language
    number: str
    starts_at: datetime
    previous_starts_at: datetime | None
    office: str
    office_address: str
    office_phone: str
    procedure: str
    documents: tuple[str, ...]
    notes: tuple[str, ...]
    proposed_starts_at: datetime | None = None
    proposed_office: str = ""
    held_until: datetime | None = None
    """Another time that is held for whoever lost theirs, and until when."""
    procedure_id: str = ""
    office_id: str = ""
    series_id: str = ""
    """Which of the city's own texts hold; of several procedures the first decides."""
    people: tuple[Companion, ...] = ()
    """All whom the mail tells about, the first included; none where that is one."""
    change_until: date | None = None
    """The last day on which one may change the time; that of the visit means until it begins."""
    guidance: tuple[str, ...] = ()
    """来庁日の案内 of its office and day, in order."""
    editions: tuple[str, ...] = ()
    """Which texts of them these are."""
    token: str | None = field(default=None, repr=False)
    """What the link of the mail opens the booking with."""


@dataclass(frozen=True)
class MailWriter:
    """Writes letters: the city's address, its site, the supplied texts and its own."""

    sender: MailFrom
    public_url: str
    templates: Templates
    own: Mapping[TextPlace, Template] = field(default_factory=dict)
    mark: str = ""
    """Before each subject."""

    def write(
        self, kind: MailKind, visit: LetterVisit, to: str, message_id: str, at: datetime
    ) -> bytes:
        """The mail as it is sent. `to` is a `mailbox`. Raises UnsafeHeader."""
        if "guidance" not in self.templates[visit.language][kind].variables:
            visit = replace(visit, guidance=())
        return self.letter(self._text(kind, visit), visit, to, message_id, at)

    def _text(self, kind: MailKind, visit: LetterVisit) -> Template:
        found = _place_of(kind, visit).nearest(self.own) if self.own else None
        return self.own[found] if found else self.templates[visit.language][kind]

    def letter(
        self, template: Template, visit: LetterVisit, to: str, message_id: str, at: datetime
    ) -> bytes:
        """A mail with this text. `to` is a `mailbox`. Raises UnsafeHeader."""
        values = {
            "From": self.sender.header,
            "To": to,
            "Subject": _subject(self.mark + template.subject),
            "Date": format_datetime(at),
            "Message-ID": message_id,
        }
        return _serialise(values, self.told(template, visit))

    def told(self, template: Template, visit: LetterVisit) -> str:
        """The text with what it says of this visit. What a text of the city's own has no place for,
        and visitors must know, stands before it."""
        told = template.fill(self._words(visit, "find_url" in template.variables))
        if not visit.guidance or "guidance" in template.variables:
            return told
        return f"{shown_guidance(visit.guidance, visit.language)}\n\n{told}"

    def message_id(self, booking_id: UUID, version: int, kind: MailKind) -> str:
        """The same for every try of one mail, and of no other mail."""
        return f"<{uuid5(booking_id, f'{version}/{kind}')}@{self.sender.domain}>"

    def _words(self, visit: LetterVisit, opens: bool) -> dict[str, str]:
        """`opens`: the mail says how a booking is opened."""
        language = visit.language
        return {
            "number": _numbers(visit, opens),
            "when": shown_time(visit.starts_at, language),
            "previous_when": _time(visit.previous_starts_at, language),
            "proposed_when": _time(visit.proposed_starts_at, language),
            "proposed_office": visit.proposed_office,
            "held_until": _time(visit.held_until, language),
            "office": visit.office,
            "office_address": visit.office_address,
            "office_phone": visit.office_phone,
            "procedure": visit.procedure,
            "guidance": _guidance(visit),
            "documents": shown_list(visit.documents, language) or nothing(language),
            "notes": shown_list(visit.notes, language),
            "link_url": self._link(visit.token),
            "change_until": shown_deadline(visit.change_until, visit.starts_at, language),
            "find_url": f"{self.public_url}/find",
            "site_url": f"{self.public_url}/",
        }

    def _link(self, token: str | None) -> str:
        """Facts of the release before have no link; their mails lead to the form."""
        return f"{self.public_url}/open/{token}" if token else f"{self.public_url}/find"


def _place_of(kind: MailKind, visit: LetterVisit) -> TextPlace:
    return TextPlace(
        kind=kind,
        language=visit.language,
        procedure_id=visit.procedure_id,
        office_id=visit.office_id,
        series_id=visit.series_id,
    )


def _guidance(visit: LetterVisit) -> str:
    said = visit.guidance
    return "\n" + shown_guidance(said, visit.language) if said else ""


def _numbers(visit: LetterVisit, opens: bool) -> str:
    """The booking number; of several people a line each, and what opens a booking beside it."""
    if not visit.people:
        return shown_number(visit.number)
    lines = [_of_companion(one, visit.language) for one in visit.people]
    return "\n".join(["", *lines, *([with_number(visit.language)] if opens else [])])


def _of_companion(one: Companion, language: Language) -> str:
    when = [shown_clock(one.starts_at, language)] if one.starts_at else []
    more = shown_names([one.procedures, *when], language)
    return shown_line(one.word, shown_number(one.number), more, language)


def _time(at: datetime | None, language: Language) -> str:
    return shown_time(at, language) if at else ""


def shown_number(number: str) -> str:
    """ABCDE12345 as ABCDE-12345."""
    plain = number.replace("-", "")
    return f"{plain[:5]}-{plain[5:]}"


@lru_cache(maxsize=64)
def _subject(text: str) -> str:
    _refuse_unsafe(text)
    return Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")


def _serialise(values: Mapping[str, str], body: str) -> bytes:
    for name in ("To", "Message-ID"):
        _refuse_unsafe(values[name])
    headers = {
        **values,
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "base64",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    text = base64.encodebytes(body.replace("\n", "\r\n").encode()).replace(b"\n", b"\r\n")
    raw = head.encode("ascii") + b"\r\n" + text
    if tuple(_PARSER.parsebytes(raw).keys()) != _HEADERS:
        raise UnsafeHeader("the mail would have other headers than were written")
    return raw


def _refuse_unsafe(value: str) -> None:
    """An encoded word can decode to a line break and a Bcc; a control character is one already."""
    if "=?" in value or any(ord(sign) < 32 or ord(sign) == 127 for sign in value):
        raise UnsafeHeader("a header value holds control characters or an encoded word")

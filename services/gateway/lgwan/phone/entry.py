"""The one form of a booking for others: what was typed so far, and what is still missing."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Self, get_args
from uuid import UUID, uuid4

from libs.contracts.booking import Language, Need, Visitor
from libs.contracts.times import JST
from services.gateway.lgwan.desk import Guide
from services.gateway.web.emails import read_email
from services.gateway.web.forms import Form
from services.gateway.web.reading import Errors, Reading
from services.gateway.web.rules import VisitRules
from services.gateway.web.typed import Mistyped, TypedDate, fold, read_kana, read_phone

LONGEST_CARD = 40
_BIRTH = ("born-year", "born-month", "born-day")


@dataclass(frozen=True)
class Entry:
    """`form` names the form to booking, which keeps a time for it; `held` is that time, as the page
    showed it. `first` is the first day of the strip, `day` the one whose times are shown.
    `unknown`: the booking id is not known. `another`: staff say that it is another person."""

    form: UUID = field(default_factory=uuid4)
    procedure_ids: tuple[str, ...] = ()
    office_id: str = ""
    first: date | None = None
    day: date | None = None
    held: datetime | None = None
    card: str = ""
    unknown: bool = False
    kana: str = ""
    birth: TypedDate = field(default_factory=TypedDate)
    born: date | None = None
    visitor: Visitor = "self"
    inquiry: bool = False
    cards: int = 0
    needs: tuple[Need, ...] = ()
    language: Language = "ja"
    phone: str = ""
    email: str = ""
    another: bool = False
    arrived: bool = False

    def change(self, **values: Any) -> Self:
        return replace(self, **values)

    @property
    def is_complete_card(self) -> bool:
        """Whether eligibility can be asked about the card."""
        return bool(self.card and self.born) and not self.unknown


def read_entry(
    form: Form, guide: Guide, offices: frozenset[str], today: date
) -> tuple[Entry, Errors]:
    """What was sent, with a sentence for each field that cannot be read; blanks are no mistake yet.

    Offices that the member of staff does not serve, and ids that do not exist, are left out.
    """
    reading = Reading(form)
    chosen = set(form.all("procedure"))
    office = form.get("office")
    birth, born = _birth(form, reading, today)
    entry = Entry(
        form=_uuid(form.get("form")),
        procedure_ids=tuple(one for one in guide.procedures if one in chosen),
        office_id=office if office in offices else "",
        first=_day(form.get("to_first")) or _day(form.get("first")),
        day=_day(form.get("to_day")) or _day(form.get("day")),
        held=read_moment(form.get("held")),
        card=fold(reading.text("card")).upper()[:LONGEST_CARD],
        unknown=bool(form.get("unknown")),
        kana=_read(reading, "kana", read_kana),
        birth=birth,
        born=born,
        visitor=_one_of(get_args(Visitor), form.get("visitor"), "self"),
        inquiry=bool(form.get("inquiry")),
        cards=int(_one_of(tuple("123456789"), form.get("cards"), "0")),
        needs=tuple(need for need in get_args(Need) if need in form.all("needs")),
        language=_one_of(get_args(Language), form.get("language"), "ja"),
        phone=_read(reading, "phone", read_phone),
        email=_read(reading, "email", read_email),
        another=bool(form.get("another")),
        arrived=bool(form.get("arrived")),
    )
    return entry, reading.errors


def missing(entry: Entry, rules: VisitRules) -> Errors:
    """What a booking still needs, by field."""
    wanted = {
        "procedure": (not entry.procedure_ids, "手続きを選んでください。"),
        "office": (not entry.office_id, "場所を選んでください。"),
        "card": (
            rules.needs_card and not entry.unknown and not entry.card,
            "予約IDを入力するか、「予約IDが分からない」を選んでください。",
        ),
        "kana": (
            not entry.kana and (rules.asks_name or entry.unknown),
            "氏名カナを入力してください。",
        ),
        "born": (entry.born is None, "生年月日を入力してください。"),
    }
    return {name: sentence for name, (lacks, sentence) in wanted.items() if lacks}


def read_moment(text: str) -> datetime | None:
    """A start time as the buttons send it; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=JST)


def _birth(form: Form, reading: Reading, today: date) -> tuple[TypedDate, date | None]:
    if any(form.typed(name).strip() for name in _BIRTH):
        return reading.birth(today)
    return TypedDate(form.get("born-era") or "ce"), None


def _read(reading: Reading, name: str, read: Any) -> str:
    """The text as it is understood, or as it was typed where it cannot be."""
    typed = reading.text(name)
    if not typed or name in reading.errors:
        return ""
    try:
        return read(typed) or ""
    except Mistyped as wrong:
        reading.errors[name] = str(wrong)
        return typed


def _one_of(known: tuple[Any, ...], text: str, otherwise: Any) -> Any:
    return text if text in known else otherwise


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _uuid(text: str) -> UUID:
    """Another one where the form's was lost: then nothing is held for it."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()

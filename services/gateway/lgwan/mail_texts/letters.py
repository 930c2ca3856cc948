"""文面: which text a page is about, and what was typed there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import cast
from urllib.parse import urlencode

from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from libs.contracts.booking import Series
from libs.contracts.notify import MailText, TextPlace
from libs.rules.personal_numbers import has_individual_number, redacted
from services.gateway.lgwan.counter.series import hours_text
from services.gateway.lgwan.door.auth import FormData
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.posted import read_version
from services.gateway.lgwan.door.staff import Staff, StaffSession
from services.gateway.lgwan.door.unsaved import Unsaved
from services.gateway.lgwan.door.words import MAIL_KIND
from services.gateway.web.forms import Form, read_form

from .wording import INDIVIDUAL_NUMBER

PATH = "/texts"
ALL_PROCEDURES, ALL_OFFICES, ALL_SERIES = "すべての手続き", "すべての場所", "すべての枠"
LONGEST_FIELD = 20_000
_BYTES = 10 * LONGEST_FIELD


def url_of(place: TextPlace, **more: str) -> str:
    at = {"office": place.office_id, "series": place.series_id}
    query = {"procedure": place.procedure_id, **at, **more}
    said = urlencode({name: value for name, value in query.items() if value})
    path = f"{PATH}/{place.kind}/{place.language}"
    return f"{path}?{said}" if said else path


PLACE_FIELDS = ("kind", "language", "procedure", "office", "series")
"""The place of a text, as a form has it."""


def read_place(kind: str, language: str, procedure: str, office: str, series: str) -> TextPlace:
    """Raises HTTPException(404) for a kind or a language that mails do not have."""
    said = (kind, language, procedure, office, series)
    try:
        return TextPlace.model_validate(dict(zip(TextPlace.model_fields, said, strict=True)))
    except ValidationError:
        raise HTTPException(404) from None


async def read_letter(request: Request) -> Form:
    """A form whose fields may be as long as a mail, and longer: that is said at the field."""
    return await read_form(request, _BYTES, LONGEST_FIELD)


@dataclass(frozen=True)
class TypedLetter:
    """What a form has as subject and body, and as the address of a test; without 12 digits."""

    text: MailText
    to: str
    errors: dict[str, str]

    def key(self, form_key: str, what: str) -> str:
        """The idempotency key of this button with this text: another text is another request."""
        wanted = (form_key, what, self.text.subject, self.text.body, self.to)
        return sha256("\0".join(wanted).encode()).hexdigest()


def read_typed(form: Form) -> TypedLetter:
    typed = {name: form.typed(name) for name in ("subject", "body", "to")}
    dirty = [n for n, text in typed.items() if has_individual_number(text)]
    clean = {name: redacted(text).replace("\r\n", "\n") for name, text in typed.items()}
    text = MailText(subject=clean["subject"], body=clean["body"])
    to = "" if "to" in dirty else clean["to"]
    return TypedLetter(text, to, dict.fromkeys(dirty, INDIVIDUAL_NUMBER))


@dataclass(frozen=True)
class Half:
    """A text that was typed and not saved; `version` is the one it began with."""

    version: int
    text: MailText


_HALF = TypeAdapter(Half)


def keep_text(_: Request, __: StaffSession, form: FormData) -> Unsaved:
    """What stands in a form that came too late, without the address of a test. Raises Malformed,
    HTTPException(404)."""
    place = read_place(*(form.get(name) for name in PLACE_FIELDS))
    half = Half(read_version(form.get("version")), read_typed(cast("Form", form)).text)
    return Unsaved(subject_of(place), _HALF.dump_json(half).decode(), url_of(place))


def subject_of(place: TextPlace) -> str:
    """Under which an unsaved text of this place is kept."""
    parts = (place.kind, place.language, place.procedure_id, place.office_id, place.series_id)
    return "/".join(("text", *parts))


def half_of(content: str | None) -> Half | None:
    return _HALF.validate_json(content) if content else None


def offices_of(catalog: CatalogIndex, member: Staff) -> list[tuple[str, str]]:
    """(id, name): all offices together, and each that the member serves."""
    own = [(o.office_id, o.name) for o in catalog.offices.values() if member.serves(o.office_id)]
    return [("", ALL_OFFICES), *own]


def series_at(catalog: CatalogIndex, office_id: str) -> dict[str, Series]:
    """Those of an office, by id."""
    office = catalog.offices.get(office_id)
    return {one.series_id: one for one in office.series} if office else {}


def series_of(
    catalog: CatalogIndex, office_id: str, today: date, own: Iterable[TextPlace]
) -> list[tuple[str, str]]:
    """(id, name) of all series together and of each that holds from today on; of those that are
    over where they have a text of their own, which visits that came from them still get."""
    known, own = series_at(catalog, office_id), list(own)
    with_text = {p.series_id for p in own if p.office_id == office_id and p.series_id}
    if not known and not with_text:
        return []
    running = [key for key, one in known.items() if one.valid_until >= today or key in with_text]
    ids = [*running, *sorted(with_text - known.keys())]
    return [("", ALL_SERIES), *((key, series_name(catalog, office_id, key)) for key in ids)]


def series_name(catalog: CatalogIndex, office_id: str, series_id: str) -> str:
    """What staff called it; without that when it is and how it is cut, which tells those of one
    office apart; its id where the office has it no more."""
    series = series_at(catalog, office_id).get(series_id)
    if series is None:
        return f"終わった枠（{series_id}）"
    return series.name or f"{hours_text(series)}（{series.unit_minutes}分ごと）"


def title_of(place: TextPlace) -> str:
    return f"「{MAIL_KIND[place.kind]}」のメールの文面"


def names_of(place: TextPlace, catalog: CatalogIndex) -> str:
    """暗証番号再設定・変更／すべての場所, or ／本庁舎／土曜の枠"""
    procedure = catalog.procedure(place.procedure_id) if place.procedure_id else ALL_PROCEDURES
    office = catalog.office(place.office_id) if place.office_id else ALL_OFFICES
    names = [procedure, office]
    if place.series_id:
        names.append(f"枠「{series_name(catalog, place.office_id, place.series_id)}」")
    return "／".join(names)

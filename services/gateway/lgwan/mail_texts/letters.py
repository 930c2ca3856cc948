"""文面: which text a page is about, and what was typed there."""

from dataclasses import dataclass
from hashlib import sha256
from typing import cast
from urllib.parse import urlencode

from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from libs.contracts.notify import MailText, TextPlace
from libs.rules.personal_numbers import has_individual_number, redacted
from services.gateway.lgwan.door.auth import FormData
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.posted import read_version
from services.gateway.lgwan.door.staff import Session, Staff
from services.gateway.lgwan.door.unsaved import Unsaved
from services.gateway.lgwan.door.words import MAIL_KIND
from services.gateway.web.forms import Form, read_form

from .wording import INDIVIDUAL_NUMBER

PATH = "/texts"
ALL_PROCEDURES, ALL_OFFICES = "すべての手続き", "すべての場所"
LONGEST_FIELD = 20_000
_BYTES = 10 * LONGEST_FIELD


def url_of(place: TextPlace, **more: str) -> str:
    query = {"procedure": place.procedure_id, "office": place.office_id, **more}
    said = urlencode({name: value for name, value in query.items() if value})
    path = f"{PATH}/{place.kind}/{place.language}"
    return f"{path}?{said}" if said else path


def read_place(kind: str, language: str, procedure: str, office: str) -> TextPlace:
    """Raises HTTPException(404) for a kind or a language that mails do not have."""
    names = ("kind", "language", "procedure_id", "office_id")
    try:
        return TextPlace.model_validate(
            dict(zip(names, (kind, language, procedure, office), strict=True))
        )
    except ValidationError:
        raise HTTPException(404) from None


async def read_letter(request: Request) -> Form:
    """A form whose fields may be as long as a mail, and longer: that is said at the field."""
    return await read_form(request, _BYTES, LONGEST_FIELD)


@dataclass(frozen=True)
class Typed:
    """What a form has as subject and body, and as the address of a test; without 12 digits."""

    text: MailText
    to: str
    errors: dict[str, str]

    def key(self, form_key: str, what: str) -> str:
        """The idempotency key of this button with this text: another text is another request."""
        wanted = (form_key, what, self.text.subject, self.text.body, self.to)
        return sha256("\0".join(wanted).encode()).hexdigest()


def read_typed(form: Form) -> Typed:
    typed = {name: form.typed(name) for name in ("subject", "body", "to")}
    dirty = [n for n, text in typed.items() if has_individual_number(text)]
    clean = {name: redacted(text).replace("\r\n", "\n") for name, text in typed.items()}
    text = MailText(subject=clean["subject"], body=clean["body"])
    to = "" if "to" in dirty else clean["to"]
    return Typed(text, to, dict.fromkeys(dirty, INDIVIDUAL_NUMBER))


@dataclass(frozen=True)
class Half:
    """A text that was typed and not saved; `version` is the one it began with."""

    version: int
    text: MailText


_HALF = TypeAdapter(Half)


def keep_text(_: Request, __: Session, form: FormData) -> Unsaved:
    """What stands in a form that came too late, without the address of a test. Raises Malformed,
    HTTPException(404)."""
    names = ("kind", "language", "procedure", "office")
    place = read_place(*(form.get(name) for name in names))
    half = Half(read_version(form.get("version")), read_typed(cast("Form", form)).text)
    return Unsaved(subject_of(place), _HALF.dump_json(half).decode(), url_of(place))


def subject_of(place: TextPlace) -> str:
    """Under which an unsaved text of this place is kept."""
    parts = (place.kind, place.language, place.procedure_id, place.office_id)
    return "/".join(("text", *parts))


def half_of(content: str | None) -> Half | None:
    return _HALF.validate_json(content) if content else None


def offices_of(catalog: CatalogIndex, member: Staff) -> list[tuple[str, str]]:
    """(id, name): all offices together, and each that the member serves."""
    own = [(o.office_id, o.name) for o in catalog.offices.values() if member.serves(o.office_id)]
    return [("", ALL_OFFICES), *own]


def title_of(place: TextPlace) -> str:
    return f"「{MAIL_KIND[place.kind]}」のメールの文面"


def names_of(place: TextPlace, catalog: CatalogIndex) -> str:
    """暗証番号再設定・変更／すべての場所"""
    procedure = catalog.procedure(place.procedure_id) if place.procedure_id else ALL_PROCEDURES
    office = catalog.office(place.office_id) if place.office_id else ALL_OFFICES
    return f"{procedure}／{office}"

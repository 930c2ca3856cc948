"""The form of a guidance: read field by field, shown again as it was typed."""

from dataclasses import dataclass, field
from datetime import date
from typing import get_args
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from libs.contracts.booking import GuidanceChange, GuidanceRecord, Language
from libs.contracts.times import find_day
from libs.rules.personal_numbers import has_individual_number
from services.gateway.lgwan.door.posted import read_version
from services.gateway.web.forms import Form, read_form
from services.gateway.web.typed import INDIVIDUAL_NUMBER

LANGUAGES: tuple[Language, ...] = get_args(Language)
LONGEST_FIELD = 4000
_BYTES = 10 * LONGEST_FIELD * len(LANGUAGES)
_UUID: TypeAdapter[UUID] = TypeAdapter(UUID)


async def read_guidance(request: Request) -> Form:
    """Texts may be longer than what is typed elsewhere, and a little too long: that is said."""
    return await read_form(request, _BYTES, LONGEST_FIELD, most=200)


@dataclass(frozen=True)
class GuidanceForm:
    """What stands in the form. `wish` has the days that could be read."""

    wish: GuidanceChange
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, record: GuidanceRecord) -> "GuidanceForm":
        own = record.model_dump(include=set(GuidanceChange.model_fields) - {"ended"})
        return cls(GuidanceChange.model_validate(own))

    @classmethod
    def empty(cls, office_ids: tuple[str, ...]) -> "GuidanceForm":
        return cls(GuidanceChange(office_ids=office_ids))


def read(form: Form) -> GuidanceForm:
    """Raises Malformed, HTTPException(404)."""
    errors: dict[str, str] = {}
    texts: dict[Language, str] = {}
    for language in LANGUAGES:
        typed = form.typed(f"texts.{language}").strip()
        if has_individual_number(typed):
            errors[f"texts.{language}"], typed = INDIVIDUAL_NUMBER, ""
        texts[language] = " ".join(typed.split())
    wish = GuidanceChange(
        guidance_id=guidance_of(form),
        version=read_version(form.get("version") or "0"),
        office_ids=tuple(form.all("office"))[:100],
        from_day=_day(form, "from_day"),
        until_day=_day(form, "until_day"),
        weekdays=tuple(int(day) for day in form.all("weekdays")[:7] if day in "0123456" and day),
        holidays=form.get("holidays") == "1",
        texts={language: text for language, text in texts.items() if text},
    )
    return GuidanceForm(wish, errors)


def guidance_of(form: Form) -> UUID | None:
    """None for a new one. Raises HTTPException(404)."""
    if not (text := form.get("guidance")):
        return None
    try:
        return _UUID.validate_python(text)
    except ValidationError:
        raise HTTPException(404) from None


def _day(form: Form, name: str) -> date | None:
    return find_day(form.get(name))

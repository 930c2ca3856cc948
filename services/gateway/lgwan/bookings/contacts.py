"""E-mail address and phone number as staff type them, read as those of citizens are."""

from collections.abc import Callable
from dataclasses import dataclass, field

from libs.rules.personal_numbers import has_individual_number
from services.gateway.web.emails import read_email
from services.gateway.web.forms import Form
from services.gateway.web.typed import INDIVIDUAL_NUMBER, Mistyped, read_phone

NONE = "なし"


@dataclass(frozen=True)
class Contact:
    """Empty where there is none; as typed where it was wrong, but never with twelve digits."""

    email: str
    phone: str
    errors: dict[str, str] = field(default_factory=dict)


def read_contact(form: Form) -> Contact:
    errors: dict[str, str] = {}
    email = _read(form, "email", read_email, errors)
    return Contact(email, _read(form, "phone", read_phone, errors), errors)


def _read(form: Form, name: str, read: Callable[[str], str | None], errors: dict[str, str]) -> str:
    typed = form.typed(name).strip()
    if has_individual_number(typed):
        errors[name] = INDIVIDUAL_NUMBER
        return ""
    try:
        return read(typed) or ""
    except Mistyped as wrong:
        errors[name] = str(wrong)
        return typed

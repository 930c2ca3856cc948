"""How a citizen can be reached, and what help the counter should have ready: forms and answers."""

from collections.abc import Callable
from dataclasses import dataclass

from libs.contracts.booking import Need, Spoken, Use
from services.gateway.web.emails import read_email
from services.gateway.web.forms import Form
from services.gateway.web.language import _
from services.gateway.web.needs import read_needs
from services.gateway.web.reading import Errors, Reading
from services.gateway.web.typed import Mistyped, read_phone

NO_EMAIL = _("メールアドレスを入力してください。")
NO_PHONE = _("電話番号を入力してください。")


@dataclass(frozen=True)
class TypedContact:
    """`email` and `phone` are empty where nothing was given, and as typed where it was wrong."""

    email: str
    phone: str
    needs: tuple[Need, ...]
    interpreter: Spoken | None
    errors: Errors


def read_contact_details(form: Form, *, email: Use, phone: Use) -> TypedContact:
    """The fields that are asked for; what is not, is not read."""
    reading, (needs, interpreter) = Reading(form), read_needs(form)
    return TypedContact(
        email=_line(reading, "email", read_email, email, NO_EMAIL),
        phone=_line(reading, "phone", read_phone, phone, NO_PHONE),
        needs=needs,
        interpreter=interpreter,
        errors=reading.errors,
    )


def _line(
    reading: Reading, name: str, read: Callable[[str], str | None], use: Use, missing: str
) -> str:
    typed = reading.text(name) if use != "off" else ""
    try:
        answer = read(typed) or ""
    except Mistyped as wrong:
        reading.errors[name] = str(wrong)
        return typed
    if not answer and use == "required":
        reading.errors.setdefault(name, missing)
    return answer

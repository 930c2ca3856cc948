"""One press of a button of the list, as its form sends it."""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from libs.common.errors import Malformed
from libs.contracts.booking import Outcome
from services.gateway.web.clients import TickAction

from .gate import Fields

_VERSION = re.compile(r"[0-9]{1,9}")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
TapAction = TickAction | Literal["correct"]
"""Of a visit whose day has passed only the result is entered: that is a correction (入力もれ)."""
_ACTION: TypeAdapter[TapAction] = TypeAdapter(TapAction)
_OUTCOME = TypeAdapter(Outcome)


@dataclass(frozen=True)
class Tapped:
    """Which button of which row; `version` is the booking's version that was shown."""

    action: TapAction
    booking_id: UUID
    version: int
    outcome: Outcome | None = None

    @property
    def value(self) -> str:
        parts = (self.action, self.booking_id, self.version, self.outcome or "")
        return ".".join(map(str, parts))

    def key(self, form_key: str) -> str:
        """The idempotency key of this button in one rendered list."""
        return sha256(f"{form_key}.{self.value}".encode()).hexdigest()


def read_tapped(value: str) -> Tapped:
    """Raises Malformed for anything but the value of a button."""
    parts = value.split(".")
    try:
        action, booking_id, version, outcome = parts
        return Tapped(
            _ACTION.validate_python(action),
            UUID(booking_id),
            read_version(version),
            _OUTCOME.validate_python(outcome) if outcome else None,
        )
    except (ValueError, ValidationError):
        raise Malformed("This is not a button of the list.") from None


def read_version(text: str) -> int:
    """Raises Malformed."""
    if not _VERSION.fullmatch(text):
        raise Malformed("A version is a number.")
    return int(text)


def read_key(form: Fields) -> str:
    """The key of the rendered form. Raises Malformed."""
    key = form.get("key")
    if not _KEY.fullmatch(key):
        raise Malformed("The form has no key.")
    return key

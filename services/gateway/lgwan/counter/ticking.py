"""One press of a button of the list, as its form sends it."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from libs.common.errors import Malformed
from libs.contracts.booking import Outcome
from services.gateway.lgwan.door.posted import read_version
from services.gateway.web.clients import TickAction

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

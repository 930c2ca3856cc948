"""Facts as the other services send them, with defaults that a test need not say."""

from datetime import datetime, time
from uuid import UUID, uuid4

from libs.contracts import booking, eligibility, notify
from libs.contracts.times import JST

NINE = datetime(2026, 12, 1, 9, 0, tzinfo=JST)
STEPS: dict[str, type[booking.BookingFact]] = {
    "confirmed": booking.BookingConfirmed,
    "arrived": booking.BookingArrived,
    "missed": booking.BookingMissed,
}


def step(
    status: booking.Status = "confirmed", version: int = 1, **values: object
) -> booking.BookingFact:
    """The fact of a booking version that now has `status`."""
    common: dict[str, object] = {
        "booking_id": uuid4(),
        "version": version,
        "number": "0123456789",
        "procedure_id": "issuance",
        "office_id": "honcho",
        "starts_at": NINE,
        "minutes": 30,
        "visitor": "self",
        "channel": "web",
        "status": status,
        "outcome": None,
        "language": "ja",
        "contact": "sealed contact",
        "at": NINE,
        **values,
    }
    if status == "finished":
        return booking.BookingFinished.model_validate({"card_key": None, **common})
    if status == "cancelled":
        return booking.BookingCancelled.model_validate({"by_staff": False, **common})
    return STEPS[status].model_validate(common)


def moved(booking_id: UUID, version: int, starts_at: datetime) -> booking.BookingChanged:
    """The fact that a booking of NINE at honcho is at `starts_at` now."""
    confirmed = step(version=version, booking_id=booking_id, starts_at=starts_at).model_dump()
    previous = {"previous_office_id": "honcho", "previous_starts_at": NINE}
    return booking.BookingChanged.model_validate({**confirmed, **previous})


def updated(booking_id: UUID, version: int) -> booking.BookingUpdated:
    """The citizen gave another address."""
    confirmed = step(version=version, booking_id=booking_id).model_dump()
    return booking.BookingUpdated.model_validate(confirmed)


def reopened(booking_id: UUID, version: int) -> booking.BookingReopened:
    confirmed = step(version=version, booking_id=booking_id).model_dump()
    return booking.BookingReopened.model_validate({"card_key": None, **confirmed})


def office(
    office_id: str, name: str, version: int = 1, position: int = 0
) -> booking.OfficePublished:
    published = booking.Office(
        office_id=office_id,
        name=name,
        kana="",
        address="",
        phone="",
        series=(),
        position=position,
        version=version,
    )
    return booking.OfficePublished(office=published)


def procedure(procedure_id: str, name: str, position: int = 0) -> booking.ProcedurePublished:
    published = booking.Procedure(
        procedure_id=procedure_id,
        name=name,
        plain="",
        group=procedure_id,
        minutes=30,
        needs_card=False,
        outcomes=(),
        visitors=(),
        documents=(),
        notes=(),
        opens_days_before=45,
        closes_days_before=0,
        position=position,
        version=1,
    )
    return booking.ProcedurePublished(procedure=published)


def delivered(**values: object) -> notify.MailDelivered:
    return notify.MailDelivered.model_validate({**_mail(), **values})


def failed(**values: object) -> notify.MailFailed:
    return notify.MailFailed.model_validate({**_mail(), "reason": "550", **values})


def _mail() -> dict[str, object]:
    return {
        "booking_id": uuid4(),
        "version": 1,
        "kind": "confirmed",
        "office_id": "honcho",
        "at": NINE,
    }


def holder(card_key: str, version: int, office_id: str, state: str) -> eligibility.CardHolder:
    values = {"card_key": card_key, "version": version, "office_id": office_id, "state": state}
    return eligibility.CardHolder.model_validate(values)


def at(hour: int, minute: int = 0, day: int = 1) -> datetime:
    """A time in Oita in December 2026."""
    return datetime.combine(NINE.replace(day=day).date(), time(hour, minute), JST)

"""The rule of domain/standing.py as SQL: which bookings stand, and which were forgotten."""

from services.booking.tables.bookings import IN_STATES

TODAY = "date_trunc('day', clock(), 'Asia/Tokyo')"


def is_expected(booking: str = "") -> str:
    """By its state alone. `booking` is the alias of the table."""
    return f"{_of(booking)}{IN_STATES}"


def stands(booking: str = "") -> str:
    """Somebody is expected or here, today or later."""
    return f"({is_expected(booking)} AND {_of(booking)}starts_at >= {TODAY})"


def is_forgotten(booking: str = "") -> str:
    """The day has passed without a result (結果未入力)."""
    return f"({is_expected(booking)} AND {_of(booking)}starts_at < {TODAY})"


def forget(keys: str, but_for: str = "") -> str:
    """The statement that lets the persons of `keys` have another booking, although nobody ticked
    their last one on its day. `but_for`: a booking that is left alone."""
    return f"""
        DELETE FROM active_person a USING booking b
        WHERE a.person_key = ANY ({keys}) AND b.booking_id = a.booking_id
            AND b.starts_at < {TODAY}{f" AND b.booking_id <> {but_for}" if but_for else ""}
    """


def _of(booking: str) -> str:
    return f"{booking}." if booking else ""

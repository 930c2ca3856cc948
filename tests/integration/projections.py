"""What subscribers keep of others' facts, compared with the tables of the owners."""

from .crowd import AnyStack
from .ledger import as_superuser

_TODAY = "date_trunc('day', now(), 'Asia/Tokyo')"
_OFFICES = "SELECT office_id, name, version FROM booking.office"
_PROCEDURES = "SELECT procedure_id, name, version FROM booking.procedure"
_CARDS = "SELECT card_key, office_id, state, version FROM eligibility.person"
_BOOKINGS = "SELECT booking_id, version, office_id, status = 'cancelled' FROM booking.booking"
_VISITS = f"""
    SELECT booking_id, version, office_id, starts_at, number,
        CASE WHEN status = 'confirmed' THEN contact END
    FROM booking.booking WHERE starts_at >= {_TODAY}
"""

PAIRS = {
    "offices in eligibility": (
        _OFFICES,
        "SELECT office_id, name, version FROM eligibility.known_office",
    ),
    "offices in notify": (_OFFICES, "SELECT office_id, name, version FROM notify.office"),
    "offices in reporting": (_OFFICES, "SELECT office_id, name, version FROM reporting.office"),
    "procedures in notify": (
        _PROCEDURES,
        "SELECT procedure_id, name, version FROM notify.procedure",
    ),
    "procedures in reporting": (
        _PROCEDURES,
        "SELECT procedure_id, name, version FROM reporting.procedure",
    ),
    "cards in booking": (_CARDS, "SELECT card_key, office_id, state, version FROM booking.card"),
    "cards in reporting": (
        _CARDS,
        "SELECT card_key, office_id, state, version FROM reporting.card",
    ),
    "agenda": (
        _VISITS,
        "SELECT booking_id, version, office_id, starts_at, number, contact FROM notify.agenda",
    ),
    "counted bookings": (
        _BOOKINGS,
        "SELECT booking_id, version, office_id, standing = 'cancelled' FROM reporting.booking_now",
    ),
}
"""By name: what the owner has, and what a subscriber has of it."""


async def differences(stack: AnyStack) -> dict[str, int]:
    """How many rows one side has and the other has not; empty when all know what was published."""
    async with as_superuser(stack) as connection:
        counts = {
            name: await connection.fetchval(
                f"SELECT count(*) FROM (({owner} EXCEPT {copy}) UNION ALL"
                f" ({copy} EXCEPT {owner})) AS different"
            )
            for name, (owner, copy) in PAIRS.items()
        }
    return {name: count for name, count in counts.items() if count}


async def all_alike(stack: AnyStack) -> bool:
    return not await differences(stack)

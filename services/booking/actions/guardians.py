"""法定代理人: who comes with two children of a party is at the window with one after the other."""

from libs.common.assertion import EVERY_OFFICE
from services.booking.domain import check_guardians
from services.booking.domain.booking import Booking
from services.booking.store import Store

_EVERYWHERE = frozenset({EVERY_OFFICE})


async def check_guardian(store: Store, *rows: Booking) -> None:
    """That the guardian of these bookings of one party, as they are to be, is nowhere else at their
    time. Nobody else of the party is moved until this transaction ends. Raises OneWindow."""
    first = rows[0]
    if first.party_id is None or all(row.visitor != "guardian" for row in rows):
        return
    await store.parties.lock(first.party_id)
    check_guardians(rows, await _others(store, *rows))


async def other_children(store: Store, row: Booking) -> list[Booking]:
    """The visits at which the guardian of this one is as well."""
    if row.visitor != "guardian":
        return []
    return [one for one in await _others(store, row) if one.visitor == "guardian"]


async def _others(store: Store, *rows: Booking) -> list[Booking]:
    first, own = rows[0], {row.booking_id for row in rows}
    party = await store.parties.standing_party(_EVERYWHERE, first.party_id, first.booking_id)
    return [one for one in party if one.booking_id not in own]

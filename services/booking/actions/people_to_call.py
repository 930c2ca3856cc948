"""電話する方: who has to be called, and what came of it."""

from uuid import UUID

from libs.common.assertion import Caller
from libs.common.errors import NotFound
from libs.contracts.booking import CallNote, PeopleToCall, PersonToCall, counter_offices
from services.booking.domain.booking import Booking
from services.booking.store.people_to_call import CallRow

from .desk import BookingContext
from .shielded import sees_shielded


async def people_to_call(
    desk: BookingContext, caller: Caller, office_id: str | None, reached: bool
) -> PeopleToCall:
    """Of the caller's offices."""
    async with desk.open_store() as store:
        rows, total = await store.people_to_call.all(
            counter_offices(caller), office_id, reached, sees_shielded(caller)
        )
        bookings = await store.bookings.get_all({row.booking_id for row in rows})
    people = tuple(_shown(desk, row, bookings[row.booking_id]) for row in rows)
    return PeopleToCall(people=people, total=total)


async def note_call(
    desk: BookingContext, caller: Caller, booking_id: UUID, key: str, ask: CallNote
) -> PersonToCall:
    """済 or 不在; the last one counts. Raises NotFound, also where there is nothing to call for."""
    request = desk.request(f"called:{booking_id}", key, ask)
    async with desk.once(request, booking_id) as (store, earlier):
        row = await store.people_to_call.get(
            counter_offices(caller), booking_id, sees_shielded(caller)
        )
        if row is None:
            raise NotFound("There is nobody to call for this booking.")
        if not earlier:
            await store.people_to_call.note(row, ask.result, caller.actor)
        again = await store.people_to_call.get(
            counter_offices(caller), booking_id, sees_shielded(caller)
        )
        assert again is not None, "calling takes no reason away"
        return _shown(desk, again, await store.bookings.get(booking_id))


def _shown(desk: BookingContext, row: CallRow, booking: Booking) -> PersonToCall:
    return PersonToCall(
        **vars(row),
        number=booking.number,
        office_id=booking.office_id,
        procedure_id=booking.procedure_id,
        starts_at=booking.starts_at,
        language=booking.language,
        phone=desk.contacts.open(booking.phone) if booking.phone else None,
        kana=desk.persons.open(booking.kana) if booking.kana else None,
    )

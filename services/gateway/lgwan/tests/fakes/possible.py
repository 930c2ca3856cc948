"""What booking says may be done about a booking, as far as these tests go."""

from collections.abc import Collection, Iterator

from libs.contracts.booking import HereOffer, StaffAction, StaffBooking, counter_offices
from libs.contracts.times import day_of
from services.gateway.web.link import Actor
from services.gateway.web.times import now

from .city import OFFICES

STANDING = ("confirmed", "arrived")


def may_of(booking: StaffBooking) -> tuple[StaffAction, ...]:
    return tuple(_may(booking))


def _may(booking: StaffBooking) -> Iterator[StaffAction]:
    ahead = (day_of(booking.starts_at) - now().date()).days
    if booking.status != "cancelled" and ahead <= 0:
        yield "correct"
        if ahead == 0:
            yield "tick"
    if booking.status in STANDING and ahead >= 0:
        yield from ("reach", "replace", "link")
        if booking.status == "confirmed":
            yield from ("move", "swap", "cancel", "receive")


def here_of(
    actor: Actor, booking: StaffBooking, cards_elsewhere: Collection[str]
) -> tuple[HereOffer, ...]:
    """`cards_elsewhere` are offices at which the card does not lie."""
    if "bookings.tick" not in actor.rights or "receive" not in may_of(booking):
        return ()
    mine, today = counter_offices(actor), day_of(booking.starts_at) == now().date()
    return tuple(
        HereOffer(office_id=one, refused="card-elsewhere" if one in cards_elsewhere else None)
        for one, _ in OFFICES
        if {"*", one} & mine and not (today and one == booking.office_id)
    )

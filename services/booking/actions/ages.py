"""Whether who booked is of age on another day too, as far as a digest of the birth can tell."""

from datetime import date

from libs.contracts.times import day_of
from libs.rules.visits import coming_of_age
from services.booking.domain import GuardianNeeded
from services.booking.domain.booking import Booking

from .desk import BookingContext


def check_age_on(desk: BookingContext, row: Booking, day: date) -> None:
    """For a move to an earlier day: on its own day the booking's visitor was checked. No date is
    kept, but few are those of somebody who comes of age in between. Raises GuardianNeeded."""
    if row.visitor == "guardian":
        return
    for born in coming_of_age(day, day_of(row.starts_at)):
        if desk.index.matches(row.birth_digest, row.number, born.isoformat()):
            raise GuardianNeeded("A child comes with a guardian.")

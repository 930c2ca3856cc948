"""All services in memory, as the door is given them."""

from collections.abc import Iterable

from libs.contracts.booking import StaffBooking
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fake_corrections import FakeCorrections
from services.gateway.lgwan.tests.fake_counter import FakeCounter
from services.gateway.lgwan.tests.fake_offers import FakeOffers
from services.gateway.lgwan.tests.fake_phone import FakePhone
from services.gateway.lgwan.tests.fake_schedules import FakeSchedules
from services.gateway.lgwan.tests.fake_texts import FakeTexts
from services.gateway.lgwan.tests.fake_today import FakeToday

from .booking import FakeBooking
from .city import procedures
from .eligibility import FakeEligibility
from .notify import FakeNotify
from .reporting import FakeReporting


def fake_services(bookings: Iterable[StaffBooking] = ()) -> Services:
    booking = FakeBooking(bookings)
    return Services(
        booking,
        FakeEligibility(),
        FakeNotify(),
        FakeReporting(),
        FakeCounter(booking.kept),
        FakeCorrections(booking),
        FakeOffers(),
        FakePhone(booking.kept),
        FakeToday(booking),
        FakeTexts(),
        FakeSchedules(booking.kept, booking.series, booking.closures, procedures()),
    )

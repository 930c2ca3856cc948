"""The services as the staff door's tests need them: in memory, with the owners' own refusals."""

from .booking import FakeBooking, a_booking
from .city import OFFICES, procedures, today_at
from .eligibility import BORN, FakeEligibility
from .notify import FakeNotify
from .reporting import FakeReporting, a_cell
from .together import fake_services

__all__ = [
    "BORN",
    "OFFICES",
    "FakeBooking",
    "FakeEligibility",
    "FakeNotify",
    "FakeReporting",
    "a_booking",
    "a_cell",
    "fake_services",
    "procedures",
    "today_at",
]

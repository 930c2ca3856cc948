"""The services as the doors call them: contract models in and out, one class per subject."""

from .booking import BookingClient, CatalogClient
from .corrections import CorrectionsClient
from .counter import CounterClient
from .eligibility import EligibilityClient
from .offers import OfferClient
from .phone import PhoneClient
from .schedules import Answer, SchedulesClient
from .staff import StaffBookingClient, TickAction
from .telling import NotifyClient, ReportingClient
from .texts import TextsClient
from .today import TodayClient

__all__ = [
    "Answer",
    "BookingClient",
    "CatalogClient",
    "CorrectionsClient",
    "CounterClient",
    "EligibilityClient",
    "NotifyClient",
    "OfferClient",
    "PhoneClient",
    "ReportingClient",
    "SchedulesClient",
    "StaffBookingClient",
    "TextsClient",
    "TickAction",
    "TodayClient",
]

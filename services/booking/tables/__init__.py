"""The tables of booking, one module per subject."""

from libs.common.inbox import inbox_tables
from libs.common.outbox import outbox_table

from .base import Table, metadata
from .bookings import ActivePerson, AddressUse, Booking, BookingHistory, BookingLink, Card
from .editing import SettingChange
from .guidances import Guidance
from .offer import Office, Procedure, Series
from .outages import Outage, OutageVisit
from .people_to_call import PersonToCall
from .phone import UnlinkedBooking
from .places import Cell, Hold
from .preparations import Preparation
from .requests import IdempotencyKey, OriginTime, SpentWork, WrongTry
from .schedules import Displaced, LaidOut, NationalStop, ScheduleChange, SpecialDay
from .search import SearchIndex, SearchMade, UnindexedBooking
from .visits import ReceptionCount, Visit

outbox = outbox_table(metadata)
inbox, inbox_retry = inbox_tables(metadata)

__all__ = [
    "ActivePerson",
    "AddressUse",
    "Booking",
    "BookingHistory",
    "BookingLink",
    "Card",
    "Cell",
    "Displaced",
    "Guidance",
    "Hold",
    "IdempotencyKey",
    "LaidOut",
    "NationalStop",
    "Office",
    "OriginTime",
    "Outage",
    "OutageVisit",
    "PersonToCall",
    "Preparation",
    "Procedure",
    "ReceptionCount",
    "ScheduleChange",
    "SearchIndex",
    "SearchMade",
    "Series",
    "SettingChange",
    "SpecialDay",
    "SpentWork",
    "Table",
    "UnindexedBooking",
    "UnlinkedBooking",
    "Visit",
    "WrongTry",
    "inbox",
    "inbox_retry",
    "metadata",
    "outbox",
]

"""The tables of booking, one module per subject."""

from libs.common.inbox import inbox_tables
from libs.common.outbox import outbox_table
from libs.common.training import went_live_table

from .base import BookingTable, metadata
from .bookings import (
    ActivePersonRow,
    AddressUseRow,
    BookingHistoryRow,
    BookingLinkRow,
    BookingRow,
    CardRow,
)
from .editing import SettingChangeRow
from .guidances import GuidanceRow
from .offer import OfficeRow, ProcedureRow, SeriesRow
from .outages import OutageRow, OutageVisitRow
from .people_to_call import PersonToCallRow
from .phone import UnlinkedBookingRow
from .places import CellRow, HoldRow
from .preparations import PreparationRow
from .requests import IdempotencyKeyRow, OriginTimeRow, SpentWorkRow, WrongTryRow
from .schedules import DisplacedRow, LaidOutRow, NationalStopRow, ScheduleChangeRow, SpecialDayRow
from .search import SearchIndexRow, SearchMadeRow, UnindexedBookingRow
from .visits import ReceptionCountRow, VisitRow

outbox = outbox_table(metadata)
went_live_table(metadata)
inbox, inbox_retry = inbox_tables(metadata)

__all__ = [
    "ActivePersonRow",
    "AddressUseRow",
    "BookingHistoryRow",
    "BookingLinkRow",
    "BookingRow",
    "BookingTable",
    "CardRow",
    "CellRow",
    "DisplacedRow",
    "GuidanceRow",
    "HoldRow",
    "IdempotencyKeyRow",
    "LaidOutRow",
    "NationalStopRow",
    "OfficeRow",
    "OriginTimeRow",
    "OutageRow",
    "OutageVisitRow",
    "PersonToCallRow",
    "PreparationRow",
    "ProcedureRow",
    "ReceptionCountRow",
    "ScheduleChangeRow",
    "SearchIndexRow",
    "SearchMadeRow",
    "SeriesRow",
    "SettingChangeRow",
    "SpecialDayRow",
    "SpentWorkRow",
    "UnindexedBookingRow",
    "UnlinkedBookingRow",
    "VisitRow",
    "WrongTryRow",
    "inbox",
    "inbox_retry",
    "metadata",
    "outbox",
]

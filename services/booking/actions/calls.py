"""Windows and who is called to them: what a waiting room is told, and which window may call."""

from datetime import date

from libs.common.assertion import Caller
from libs.contracts.booking import CallBoard, CounterWindow, CounterWindows, counter_offices
from libs.contracts.times import day_of
from libs.rules.timetable import windows_on
from services.booking.domain.booking import Booking
from services.booking.domain.problems import NoSuchWindow, WindowInUse
from services.booking.store import Store
from services.booking.store.calls import Served

from .desk import BookingContext
from .lookup import check_office


async def call_board(desk: BookingContext, caller: Caller, office_id: str) -> CallBoard:
    """An office that the caller does not serve is as quiet as one that does not exist."""
    async with desk.open_store() as store:
        return await store.calls.of(counter_offices(caller), office_id)


async def counter_windows(desk: BookingContext, caller: Caller, office_id: str) -> CounterWindows:
    """Raises NotFound for an office that the caller does not serve."""
    check_office(counter_offices(caller), office_id)
    async with desk.open_store() as store:
        known = await _windows(store, office_id, day_of(await store.now()))
        served = {one.window: one.reception for one in await store.calls.served(office_id)}
    windows = tuple(CounterWindow(window=one, serving=served.get(one)) for one in known)
    return CounterWindows(office_id=office_id, windows=windows)


async def check_window(store: Store, row: Booking, window: int, anyway: bool) -> None:
    """That the window is there today, and nobody else is served at it, unless they are called
    `anyway`; who came along with the booking's person is nobody else. Raises NoSuchWindow,
    WindowInUse."""
    if window not in await _windows(store, row.office_id, day_of(row.starts_at)):
        raise NoSuchWindow("The office does not have this window today.")
    await store.calls.lock_window(row.office_id, window)
    served = [one for one in await store.calls.served(row.office_id) if one.window == window]
    others = [one for one in served if not _is_with(one, row)]
    if others and not anyway:
        raise WindowInUse("Somebody is served there.", reception=others[-1].reception)


def _is_with(one: Served, row: Booking) -> bool:
    together = row.party_id is not None and one.party_id == row.party_id
    return together or one.booking_id == row.booking_id


async def _windows(store: Store, office_id: str, day: date) -> list[int]:
    tables = await store.timetables.timetables()
    return windows_on(tables[office_id], day) if office_id in tables else []

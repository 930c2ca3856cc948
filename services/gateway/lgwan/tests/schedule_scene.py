"""An office with some series, a holiday and bookings, for the pages about times."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from libs.contracts.booking import Break, Closure, Series, StaffBooking
from libs.contracts.times import JST
from services.gateway.web.times import now

from .fake_schedules import FakeSchedules
from .fakes import OFFICES, FakeBooking, a_booking

WEEKDAYS = (0, 1, 2, 3, 4)


def a_series(series_id: str = "honcho-30", **fields: Any) -> Series:
    """Weekdays from 9 to 17, every half hour at eight windows; on holidays too, so that the tests
    come out the same whatever weeks they run in."""
    today = now().date()
    made = {
        "series_id": series_id,
        "name": "平日の交付",
        "procedure_ids": ("issuance",),
        "weekdays": WEEKDAYS,
        "opens": time(9),
        "closes": time(17),
        "unit_minutes": 30,
        "windows": tuple(range(1, 9)),
        "on_holidays": True,
        "on_year_end": True,
        "valid_from": today - timedelta(days=90),
        "valid_until": today + timedelta(days=90),
    }
    return Series.model_validate({**made, **fields})


def monday(weeks: int = 1) -> date:
    """A Monday to come."""
    today = now().date()
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), JST)


def furnish(booking: FakeBooking, schedules: FakeSchedules) -> None:
    """本庁舎 with three series that share windows, all others with one."""
    lunch = Break(starts=time(12), ends=time(13), keeps=(1, 2))
    short = a_series(
        "honcho-15",
        name="平日の暗証番号",
        procedure_ids=("pin", "certificate"),
        unit_minutes=15,
        windows=(7, 8),
    )
    saturday = a_series(
        "honcho-sat",
        name="土曜窓口",
        weekdays=(5,),
        closes=time(12),
        windows=(1, 2, 3, 4),
        published_from=at(monday(4), 9),
    )
    schedules.put("honcho", a_series(breaks=(lunch,), staff_windows=(9, 10)), short, saturday)
    for office, _ in OFFICES[1:]:
        schedules.put(office, a_series(f"{office}-30", windows=(1, 2)))
    booking.closures.append(Closure(day=monday() + timedelta(days=2), reason="祝日", whole=True))


def book(booking: FakeBooking, moments: Iterable[datetime], **fields: Any) -> list[StaffBooking]:
    """Standing bookings at 本庁舎, at a window each, every third with an address."""
    made = []
    windows = Counter[datetime]()
    for number, moment in enumerate(moments, len(booking.kept)):
        windows[moment] += 1
        one = a_booking(
            starts_at=moment,
            window_id=windows[moment],
            number=f"8K2M47{number:04}",
            has_email=number % 3 == 0,
            **fields,
        )
        booking.kept[one.booking_id] = one
        made.append(one)
    return made


def busy(booking: FakeBooking, day: date, number: int = 40) -> list[StaffBooking]:
    """So many bookings on one day."""
    hours = [at(day, 9 + n // 2 % 7, n % 2 * 30) for n in range(number)]
    return book(booking, hours)

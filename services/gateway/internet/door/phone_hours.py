"""When somebody answers the telephone: on weekdays that are no holidays of the city."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from libs.contracts.times import JST, day_of
from services.gateway.internet.offer.catalog import CatalogView

from .settings import PhoneTimes

SATURDAY = 5
FAR = 14
"""Days to look ahead; no city is closed for longer."""


@dataclass(frozen=True)
class PhoneDesk:
    """`opens` is from when on somebody answers again; None while somebody does."""

    opens: datetime | None


class PhoneHours:
    """Looked at for every page, so the answer is kept until the hour at which it changes."""

    def __init__(
        self, times: PhoneTimes | None, catalog: CatalogView, clock: Callable[[], datetime]
    ) -> None:
        self._times = times
        self._catalog = catalog
        self._clock = clock
        self._revision = -1
        self._since = self._until = datetime.max.replace(tzinfo=JST)
        self._desk: PhoneDesk | None = None

    def look(self) -> PhoneDesk | None:
        if self._times is None:
            return None
        now, revision = self._clock(), self._catalog.revision
        if revision != self._revision or not self._since <= now < self._until:
            self._desk, self._until = self._find(now, self._times)
            self._since, self._revision = now, revision
        return self._desk

    def _find(self, now: datetime, times: PhoneTimes) -> tuple[PhoneDesk | None, datetime]:
        """With until when it holds."""
        for ahead in range(FAR):
            day = day_of(now) + timedelta(days=ahead)
            opens, closes = (datetime.combine(day, at, JST) for at in times)
            if self._is_off(day) or now >= closes:
                continue
            return (PhoneDesk(None), closes) if now >= opens else (PhoneDesk(opens), opens)
        return None, now + timedelta(days=1)

    def _is_off(self, day: date) -> bool:
        """Holidays are the days on which the first office is closed."""
        first = self._catalog.offices()[:1]
        closed = {closure.day for office in first for closure in office.closures}
        return day.weekday() >= SATURDAY or day in closed

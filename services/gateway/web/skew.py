"""How far this door's clock is from booking's, told from answers that come anyway.

Holds, deadlines and assertions go by booking's time. A door whose clock differs shows times that
are over, or is not believed; the rest of the city need not notice.
"""

import logging
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from libs.common.logs import fields
from libs.common.metrics import CLOCK_OFFSET

log = logging.getLogger(__name__)

LIMIT_SECONDS = 5.0
"""NTP leaves a small part of one."""

DATE_SECONDS = 2.0
"""A Date header says whole seconds, and the server makes it once in a second."""

EVERY_SECONDS = 2.0


class Skew:
    """The newest estimate. `off`: the clocks differ by more than the limit for certain."""

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._ticks = ticks
        self._noted_at = float("-inf")
        self.off = False

    def note(self, date: str | None, begun: float) -> None:
        """Booking answered with this Date header a request that began at `begun`."""
        now = self._ticks()
        if date is None or now - self._noted_at < EVERY_SECONDS:
            return
        try:
            theirs = parsedate_to_datetime(date).timestamp()
        except ValueError:
            return
        self._noted_at = now
        latest = self._clock() - theirs
        self._take(latest - (now - begun) - DATE_SECONDS, latest)

    async def ready(self) -> bool:
        """For the readiness: another replica of this door may have the right time."""
        return not self.off

    def _take(self, least: float, most: float) -> None:
        """We are ahead of booking by something between these seconds."""
        middle = (least + most) / 2
        CLOCK_OFFSET.set(middle)
        off = least > LIMIT_SECONDS or most < -LIMIT_SECONDS
        if off != self.off:
            self.off = off
            where = fields(seconds=round(middle))
            if off:
                log.error("this door's clock differs from booking's", extra=where)
            else:
                log.info("this door's clock agrees with booking's again", extra=where)

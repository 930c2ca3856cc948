"""Sees to it that the lists are there when they are due, and says where they are not."""

import logging
from datetime import datetime, time

from prometheus_client import Gauge

from libs.common.logs import fields
from services.gateway.lgwan.door.context import Troubles
from services.gateway.web.link import Unreachable
from services.gateway.web.times import now

from .plan import DueLists, due
from .writing import ListWriter

log = logging.getLogger(__name__)
LOOK_SECONDS = 60.0
MISSING = Gauge(
    "oita_offline_lists_missing", "Offices whose list for a network outage is due and not written."
)
UNKNOWN = -1
"""In the gauge: not even the offices are known."""
_ALL = "すべての場所"


class Keeper:
    """Looks every minute; what failed is tried again at the next look."""

    def __init__(
        self, writer: ListWriter, troubles: Troubles, morning: time, evening: time
    ) -> None:
        self._writer = writer
        self._troubles = troubles
        self._times = morning, evening
        self._done: DueLists | None = None
        self._failed: DueLists | None = None

    async def look(self) -> None:
        await self.look_at(now())

    async def look_at(self, at: datetime) -> None:
        wanted = due(at, *self._times)
        if wanted == self._done:
            return
        try:
            missing = [] if await self._is_done(wanted) else await self._written(wanted)
        except (OSError, Unreachable) as error:
            log.warning("lists cannot be written", extra=fields(reason=type(error).__name__))
            self._tell(wanted, [_ALL], UNKNOWN)
            return
        await self._writer.remove_old(at.date())
        self._tell(wanted, missing, len(missing))
        self._done, self._failed = (None, wanted) if missing else (wanted, None)

    async def _is_done(self, wanted: DueLists) -> bool:
        """A list that lacks something is there as well, so what failed here is written again."""
        return self._failed != wanted and await self._writer.is_done(wanted)

    async def _written(self, wanted: DueLists) -> list[str]:
        return await self._writer.write(wanted.day)

    def _tell(self, wanted: DueLists, missing: list[str], figure: int) -> None:
        MISSING.set(figure)
        day = f"{wanted.day.month}月{wanted.day.day}日分"
        where = "、".join(missing)
        self._troubles.offline = (
            f"システム停止時用の一覧（{day}）を作れていません：{where}。" if missing else ""
        )

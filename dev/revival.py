"""What `make dev` does when a program ends: a word about it, a pause, and the program again."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .errors import CannotStart
from .service import Service

LOOK_SECONDS = 0.2
PAUSES = (0.5, 2.0, 5.0, 10.0)
"""Before each start; who killed the program sees what the others do without it."""

QUIET_SECONDS = 60.0
"""So long after its end another one counts as the first."""


@dataclass
class Revival:
    """Watches one program. It says what happens with `say`."""

    service: Service
    say: Callable[[str], None]
    pauses: tuple[float, ...] = PAUSES
    _ends: list[float] = field(default_factory=list)

    async def run(self) -> None:
        """Return never. Raises CannotStart for a program that ends again and again."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not self.service.alive:
                await self._again()

    async def _again(self) -> None:
        name = self.service.name
        pause = self._pause()
        self.say(f"{name} ended ({self.service.ending}); it starts again in {pause:g} s.")
        await asyncio.sleep(pause)
        begin = time.monotonic()
        self.service.start()
        try:
            await self.service.wait_ready()
        except CannotStart:
            if self.service.alive:
                raise
            return
        self.say(f"{name} is back ({time.monotonic() - begin:.1f} s).")

    def _pause(self) -> float:
        """How long to wait now. Raises CannotStart when it was tried often enough."""
        now = time.monotonic()
        self._ends = [end for end in self._ends if end > now - QUIET_SECONDS]
        if len(self._ends) == len(self.pauses):
            raise CannotStart(
                f"{self.service.name} ended {len(self._ends) + 1} times within a minute"
                f" ({self.service.ending}), so everything was stopped. The end of its log:\n"
                f"{self.service.tail()}"
            )
        self._ends.append(now)
        return self.pauses[len(self._ends) - 1]

"""How far a journal is behind the server, in seconds: what a lost site would lose."""

from collections import deque


class Lag:
    """Remembers when the server was first seen to have written so far."""

    def __init__(self) -> None:
        self._written: deque[tuple[float, int]] = deque()

    def note(self, now: float, written: int, flushed: int) -> float:
        """How long ago the first thing was written that the journal does not have. Positions are
        bytes of the log; a new primary may be behind what the old one had written."""
        while self._written and self._written[-1][1] > written:
            self._written.pop()
        if not self._written or self._written[-1][1] < written:
            self._written.append((now, written))
        return self.behind(now, flushed)

    def behind(self, now: float, flushed: int) -> float:
        while self._written and self._written[0][1] <= flushed:
            self._written.popleft()
        return now - self._written[0][0] if self._written else 0.0

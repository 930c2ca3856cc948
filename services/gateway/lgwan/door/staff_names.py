"""What those who did something are called on the pages: staff by name, also after they left."""

from collections.abc import Awaitable, Callable, Mapping
from time import monotonic

from libs.contracts.booking import SEED

GOOD_SECONDS = 5.0
NOT_STAFF = {
    "citizen": "ご本人（予約サイト）",
    "system": "システム",
    "command-line": "システム担当",
    SEED: "初期設定",
}
"""Who acts without an account."""


class StaffNames:
    """The name of each account, whether it still opens or not. Owners of data know ids only, so
    each page with a history asks here; what nobody has a name for is shown as it is."""

    def __init__(self) -> None:
        self._names: Mapping[str, str] = {}
        self._good_until = 0.0

    def of(self, actor: str | None) -> str:
        return self._names.get(actor, NOT_STAFF.get(actor, actor)) if actor else ""

    async def keep_fresh(self, read: Callable[[], Awaitable[Mapping[str, str]]]) -> None:
        """Read the names again where those that are known are some seconds old."""
        if monotonic() > self._good_until:
            self._names = await read()
            self._good_until = monotonic() + GOOD_SECONDS

"""Windows that staff take: those that are theirs alone first."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.contracts.booking import (
    Arrangement,
)
from services.booking.actions.patience import Contended
from services.booking.domain import (
    SlotFull,
    Visit,
    seats,
)
from services.booking.domain.holding import Holding
from services.booking.store import Store


async def take_windows(
    store: Store, holder: UUID, visits: Sequence[Visit], arrangement: Arrangement, until: datetime,
    own: UUID | None = None,
) -> None:  # fmt: skip
    """Hold every visit or none. Windows that only staff may take come first, the others stay for
    citizens; for a party it comes first to sit side by side. The cells of the booking that is to
    move there, its `own`, are free for it. Raises SlotFull, Contended."""
    free = [await store.cells.windows_for_staff(visit, own) for visit in visits]
    rather = {window for one in free for window, whom in one.items() if whom == "staff"}
    windows = seats(free, arrangement, rather)
    if windows is None:
        raise SlotFull("This time has just been taken.")
    whom = [one[window] for one, window in zip(free, windows, strict=True)]
    if not await store.claims.claim_all(
        holder, visits, windows, Holding(until, until), own, whom, own
    ):
        raise Contended

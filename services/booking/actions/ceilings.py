"""On what terms an origin gets one more time: at once, with a pass, or from a later moment on."""

from collections.abc import Sequence
from uuid import UUID

from prometheus_client import Counter, Gauge

from libs.common.passes import Price
from libs.contracts.booking import HoldRequest
from libs.contracts.times import day_of
from services.booking.domain import SlotFull, Slowed, Visit
from services.booking.domain.ceilings import SLOW_MINUTES, Load, level, opens_at
from services.booking.domain.holding import Terms
from services.booking.store import OpenStore, Store

from .desk import BookingContext

SLOWED = Counter(
    "oita_holds_slowed_total",
    "Choices that were refused a free way on: `pass` was asked for a puzzle or a wait, `day` came "
    "too early for one office's day.",
    ["reason"],
)
for _reason in ("pass", "day"):
    SLOWED.labels(_reason)  # 0 from the start on
OVER = Gauge("oita_origins_over_ceiling", "Origins that have more than is free, now.")


def origin_of(ask: HoldRequest) -> str | None:
    """Whence the request comes today."""
    return ask.origins[0] if ask.origins else None


async def terms_of(
    desk: BookingContext, store: Store, session: UUID, ask: HoldRequest, visits: Sequence[Visit],
    own: UUID | None = None,
) -> Terms:  # fmt: skip
    """How long these visits are held. The origin's turn is this transaction's. `own` is the booking
    that is to move there. Raises Slowed, or SlotFull before anybody pays for nothing."""
    free = Terms(desk.hold_minutes)
    if not ask.origins:
        return free
    day, cells = day_of(ask.starts_at), cells_of(visits)
    load = await store.origins.load_of(ask.origins, ask.office_id, day, session)
    difficulty = level(load, cells)
    if difficulty is None:
        return free
    if len(visits) == 1 and not await store.cells.free_windows(visits[0], own=own):
        raise SlotFull("This time has just been taken.")
    _check_day(load, cells)
    await _pay(desk, store, session, ask, load, difficulty)
    return Terms(slow_minutes(desk), extensions=0)


def slow_minutes(desk: BookingContext) -> int:
    """So long a time is held that was chosen with a pass."""
    return min(SLOW_MINUTES, desk.hold_minutes)


async def measure_origins(open_store: OpenStore) -> None:
    async with open_store() as store:
        OVER.set(await store.origins.origins_over())


async def count_hold(
    store: Store, session: UUID, ask: HoldRequest, visits: Sequence[Visit]
) -> None:
    """What was just taken counts for the origin."""
    origin = origin_of(ask)
    if origin:
        day = day_of(ask.starts_at)
        await store.origins.count_hold(session, origin, ask.office_id, day, cells_of(visits))


def cells_of(visits: Sequence[Visit]) -> int:
    return sum(len(visit.starts) for visit in visits)


def _check_day(load: Load, cells: int) -> None:
    opens = opens_at(load, cells)
    if opens is not None:
        SLOWED.labels("day").inc()
        raise Slowed("Much of this day is taken from there already.", opens_at=opens.isoformat())


async def _pay(
    desk: BookingContext, store: Store, session: UUID, ask: HoldRequest, load: Load, difficulty: int
) -> None:
    """A pass buys one hold; when that fails after all, this transaction leaves it unused."""
    price = Price(f"hold|{origin_of(ask)}", str(session), difficulty)
    shown = ask.work or ""
    name = desk.passes.paid(price, shown, load.now)
    if name is None or await store.proofs.is_spent(name):
        SLOWED.labels("pass").inc()
        offer = _offer(desk, price, load, name, shown)
        raise Slowed("Much is taken from there already.", minutes=slow_minutes(desk), **offer)
    await store.proofs.spend(name, day_of(load.now))


def _offer(
    desk: BookingContext, price: Price, load: Load, name: str | None, shown: str
) -> dict[str, object]:
    """A pass that is used up already is replaced by a new one."""
    return desk.passes.offer(price, load.now, "" if name else shown)

"""What booking does about its rows beside what it is asked for."""

from services.booking.store import OpenStore

from .erasure import erase_persons
from .laying_out import lay_out, measure_times
from .today import close_days


async def keep_times(open_store: OpenStore, horizon_days: int) -> None:
    """Lay out every day up to the horizon, and say how far times go."""
    await lay_out(open_store, horizon_days)
    await measure_times(open_store, horizon_days)


async def tidy(open_store: OpenStore) -> None:
    """Drop what is over, and erase the persons of visits long past."""
    async with open_store() as store:
        await store.catalog.prune_cells()
        await store.schedules.prune_closed()
        await store.holds.drop_expired()
        await store.forget_old_keys()
        await store.proofs.forget_tries()
        await store.origins.prune_origins()
        await store.preparations.prune_preparations()
        await store.search.prune_searches()
    await erase_persons(open_store)
    await close_days(open_store)

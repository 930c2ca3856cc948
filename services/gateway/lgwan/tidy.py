"""What the staff door drops by and by."""

from .displays.store import DisplayStore
from .door.store import OpenStore, Store
from .lists.found_store import FoundStore
from .notes.store import NoteStore
from .offline.store import SavedListStore


async def forget_what_is_over(open_store: OpenStore) -> None:
    """Notes whose last day is past, screens of waiting rooms that nobody shows any more, forms that
    nobody came back for, and what searches found."""
    async with open_store(DisplayStore) as displays:
        await displays.prune_displays()
    async with open_store(NoteStore) as notes:
        await notes.prune_notes()
    async with open_store(FoundStore) as found:
        await found.prune_found()
    async with open_store(SavedListStore) as saved:
        await saved.prune()
    async with open_store(Store) as store:
        await store.prune_unsaved()

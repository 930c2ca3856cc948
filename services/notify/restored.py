"""What operators do after the database of notify was restored to an earlier moment."""

import sys
from datetime import datetime, tzinfo

from libs.common.database import close_engine, engine, store_opener
from libs.common.republish import moment_typed

from .settings import Settings
from .store import OpenStore, Store


async def end_waiting(open_store: OpenStore, before: datetime, now: datetime) -> int:
    """Mails that waited before that moment are not sent, and nobody is reminded whose reminder was
    due by `now`: both may have left already, and this database cannot know. How many mails."""
    async with open_store() as store:
        await store.settle_again(now)
        return await store.end_restored(before)


async def command(settings: Settings, moment: str, zone: tzinfo) -> None:
    """What `end-waiting --before` does."""
    now = datetime.now(zone)
    before = _moment_or_exit(moment, now)
    source = engine(settings.database_url, 1)
    try:
        count = await end_waiting(store_opener(source, Store, lambda: None), before, now)
    finally:
        await close_engine(source)
    sys.stdout.write(f"{count} mails that waited are not sent.\n")


def _moment_or_exit(text: str, now: datetime) -> datetime:
    try:
        moment = moment_typed(text, now)
    except ValueError as wrong:
        sys.exit(str(wrong))
    return moment if moment <= now else sys.exit("Say a moment that has passed.")

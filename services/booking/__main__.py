"""`python -m services.booking [migrate | seed FILE | erase | redrive | dead-letters]`, and
`republish [--from DAY | --since MOMENT]`: say how all is now, or what was sent since then;
`erase-training` and `go-live`: before the service opens to the public."""

import asyncio
import sys
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from libs.common import logs, redrive, training
from libs.common import republish as again
from libs.common.database import asyncpg_pool
from libs.common.process import database_or_exit, run, run_migrations, settings_or_exit
from libs.common.web import malformed
from libs.contracts.booking import Catalog
from libs.contracts.subscriptions import origins
from libs.contracts.times import JST, day_of

from .actions.catalog import register
from .actions.erasure import erase_persons
from .actions.laying_out import lay_out
from .actions.republish import republish, without_old_contacts
from .app import create_app
from .settings import Settings
from .store import SESSION, store_opener
from .training import TRAINING_TABLES


async def seed(settings: Settings, wanted: Catalog) -> None:
    """Register offices and procedures and lay out their times."""
    pool = await asyncpg_pool(settings.database_url, 1, **SESSION)
    async with pool:
        open_store = store_opener(pool, lambda: None)
        changed = await register(open_store, wanted)
        opened = await lay_out(open_store, settings.horizon_days, wait=True)
    print(f"{changed} offices and procedures registered, {opened} cells opened")  # noqa: T201


async def erase(settings: Settings) -> None:
    """Erase whom a restored database knows again, before a door opens. Who asks for it is told by
    the facts that leave when booking starts."""
    pool = await asyncpg_pool(settings.database_url, 1, **SESSION)
    async with pool:
        count = await erase_persons(store_opener(pool, lambda: None))
    print(f"{count} bookings have no person any more")  # noqa: T201


async def say_now(settings: Settings, first_day: date) -> None:
    """Say how offices, procedures and bookings are, for subscribers that lost them."""
    pool = await asyncpg_pool(settings.database_url, 1, **SESSION)
    async with pool, again.publishing("booking", settings.amqp_url) as publisher:
        open_store = store_opener(pool, lambda: None)
        again.show_now(await republish(open_store, publisher.say, first_day))


async def say_again(settings: Settings, since: datetime) -> None:
    """Send what was sent since then, for a broker that lost it."""
    pool = await asyncpg_pool(settings.database_url, 2, **SESSION)
    async with pool, again.publishing("booking", settings.amqp_url) as publisher:
        prepare = partial(without_old_contacts, store_opener(pool, lambda: None))
        again.show_again(await again.send_again(pool, publisher, since, prepare))


def day_or_exit(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        sys.exit("Say from which day on as 2026-12-01.")


def catalog_or_exit(file: Path) -> Catalog:
    """The offices and procedures of a file; one that is none ends the process in a sentence."""
    try:
        return Catalog.model_validate_json(file.read_bytes())
    except OSError as error:
        sys.exit(f"{file} cannot be read: {error.strerror}.")
    except ValidationError as error:
        sys.exit(f"{file} is no catalog. {malformed(error).detail}")


def _republish(which: list[str]) -> None:
    match which:
        case []:
            settings, today = settings_or_exit(Settings), day_of(datetime.now(UTC))
            redrive.attempt(partial(say_now, settings, today))
        case ["--from", day]:
            settings, first_day = settings_or_exit(Settings), day_or_exit(day)
            redrive.attempt(partial(say_now, settings, first_day))
        case ["--since", moment]:
            settings, since = settings_or_exit(Settings), again.since_or_exit(moment, JST)
            redrive.attempt(partial(say_again, settings, since))
        case _:
            sys.exit(__doc__)


def main(arguments: list[str]) -> None:
    match arguments:
        case []:
            run("booking", Settings, create_app)
        case ["migrate"]:
            run_migrations("services.booking")
        case ["seed", file]:
            logs.configure("booking", "WARNING")
            settings, wanted = settings_or_exit(Settings), catalog_or_exit(Path(file))
            with database_or_exit():
                asyncio.run(seed(settings, wanted))
        case ["erase"]:
            logs.configure("booking", "WARNING")
            settings = settings_or_exit(Settings)
            with database_or_exit():
                asyncio.run(erase(settings))
        case ["republish", *which]:
            _republish(which)
        case ["redrive"]:
            settings = settings_or_exit(Settings)
            redrive.main("booking", settings, origins(settings.beside_older_release))
        case ["dead-letters"]:
            redrive.show("booking", settings_or_exit(Settings))
        case ["erase-training" | "go-live", *_]:
            training.command(TRAINING_TABLES, arguments)
        case _:
            sys.exit(__doc__)


main(sys.argv[1:])

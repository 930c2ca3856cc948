"""`python -m services.booking [migrate | seed FILE | redrive | dead-letters]`."""

import asyncio
import sys
from pathlib import Path

from pydantic import ValidationError

from libs.common import logs, redrive
from libs.common.database import asyncpg_pool
from libs.common.process import database_or_exit, run, run_migrations, settings_or_exit
from libs.common.web import malformed
from libs.contracts.booking import Catalog

from .actions.catalog import register
from .actions.laying_out import lay_out
from .app import create_app
from .settings import Settings
from .store import SESSION, store_opener


async def seed(settings: Settings, wanted: Catalog) -> None:
    """Register offices and procedures and lay out their times."""
    pool = await asyncpg_pool(settings.database_url, 1, **SESSION)
    async with pool:
        open_store = store_opener(pool, lambda: None)
        changed = await register(open_store, wanted)
        opened = await lay_out(open_store, settings.horizon_days, wait=True)
    print(f"{changed} offices and procedures registered, {opened} cells opened")  # noqa: T201


def catalog_or_exit(file: Path) -> Catalog:
    """The offices and procedures of a file; one that is none ends the process in a sentence."""
    try:
        return Catalog.model_validate_json(file.read_bytes())
    except OSError as error:
        sys.exit(f"{file} cannot be read: {error.strerror}.")
    except ValidationError as error:
        sys.exit(f"{file} is no catalog. {malformed(error).detail}")


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
        case ["redrive"]:
            redrive.main("booking", settings_or_exit(Settings))
        case ["dead-letters"]:
            redrive.show("booking", settings_or_exit(Settings))
        case _:
            sys.exit(__doc__)


main(sys.argv[1:])

"""`python -m backup`
journal                              receive every change, bring it into the archive, say how it is
base [--if-due | --daily]            a base backup: now, if one is due, or whenever one is due
restore --to FOLDER                  a server as of now, from archive and journals
    [--data FOLDER]                  its data directory goes there, instead of FOLDER/data
    [--until MOMENT]                 as of that moment
drill [--daily]                      restore into an empty place, compare, sign, keep the result"""

import asyncio
import json
import signal
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from libs.common import logs
from libs.common.process import database_or_exit, settings_or_exit
from libs.contracts.times import JST

from .archive import TIME, Archive, newest_system
from .base import CannotBackUp, take
from .drill import drill
from .journal import serve
from .restore import CannotRestore, restore
from .sealed import CannotRead, Sealer
from .settings import BaseSettings, DrillSettings, JournalSettings, RestoreSettings

DAY = timedelta(days=1)
LOOK_SECONDS = 60.0
PROBLEMS = (CannotBackUp, CannotRead, CannotRestore)


async def system_of(database_url: str) -> str:
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        return str(await connection.fetchval("SELECT system_identifier FROM pg_control_system()"))
    finally:
        await connection.close()


def back_up(settings: BaseSettings, if_due: bool) -> None:
    """One is due a day after the last, and at once where the log has a gap behind it."""
    with database_or_exit():
        system = asyncio.run(system_of(settings.database_url))
    archive = Archive(settings.archive, system, Sealer(settings.keys))
    bases, now = archive.bases(), datetime.now(UTC)
    if if_due and bases and now - bases[-1].ended < DAY and not archive.missing():
        return
    base = take(archive, settings.database_url, settings.programs)
    gone = archive.prune(datetime.now(UTC), settings.keep_days)
    sys.stdout.write(f"{base.name} is in the archive, {gone} older files are gone.\n")


def daily(work_if_due: Callable[[], None]) -> None:
    """For ever; what fails is tried again a minute later, and the age of the newest is a figure."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        try:
            work_if_due()
        except (*PROBLEMS, OSError) as problem:
            sys.stderr.write(f"{problem}\n")
        except SystemExit as away:
            # A database that does not answer; a signal to end has no sentence.
            if not isinstance(away.code, str):
                raise
            sys.stderr.write(f"{away.code}\n")
        time.sleep(LOOK_SECONDS)


def bring_back(
    settings: RestoreSettings, to: Path, data: Path | None, until: datetime | None
) -> None:
    system = newest_system(settings.archive)
    if system is None:
        raise CannotRestore(f"There is no base backup in {settings.archive}.")
    archive = Archive(settings.archive, system, Sealer(settings.keys))
    done = restore(archive, to, settings.journals, until, data)
    sys.stdout.write(
        f"{done.data} is laid out from {done.base.name} and {done.files} files of the log."
        " Start PostgreSQL with it: it reads the log, then takes connections.\n"
    )


def report(settings: DrillSettings) -> None:
    with database_or_exit():
        found = asyncio.run(drill(settings))
    sys.stdout.write(json.dumps({**asdict(found), "at": found.at.isoformat()}, indent=1) + "\n")
    if not found.ok:
        raise CannotRestore("The restored database is not the original.")


def report_if_due(settings: DrillSettings) -> None:
    """A day after the last one, once there is a base backup."""
    with database_or_exit():
        system = asyncio.run(system_of(settings.database_url))
    archive = Archive(settings.archive, system, Sealer(settings.keys))
    names, day_ago = archive.names("drill"), datetime.now(UTC) - DAY
    if archive.bases() and (not names or names[-1] < f"{day_ago:{TIME}}"):
        report(settings)


def restoring() -> ArgumentParser:
    """The words behind `restore`."""
    parser = ArgumentParser("python -m backup restore")
    parser.add_argument("--to", type=folder, required=True)
    parser.add_argument("--data", type=folder)
    parser.add_argument("--until", type=moment_or_exit)
    return parser


def folder(text: str) -> Path:
    return Path(text).resolve()


def moment_or_exit(text: str) -> datetime:
    """Without a zone it is the city's time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        sys.exit("Say the moment as 2026-12-01T09:30:00.")
    return moment if moment.tzinfo else moment.replace(tzinfo=JST)


def run(arguments: list[str]) -> None:
    match arguments:
        case ["journal"]:
            settings = settings_or_exit(JournalSettings)
            logs.configure(settings.name, settings.log_level)
            asyncio.run(serve(settings))
        case ["base"] | ["base", "--if-due"]:
            back_up(settings_or_exit(BaseSettings), if_due=len(arguments) > 1)
        case ["base", "--daily"]:
            settings_of_base = settings_or_exit(BaseSettings)
            daily(lambda: back_up(settings_of_base, if_due=True))
        case ["restore", *words]:
            said = restoring().parse_args(words)
            bring_back(settings_or_exit(RestoreSettings), said.to, said.data, said.until)
        case ["drill"]:
            report(settings_or_exit(DrillSettings))
        case ["drill", "--daily"]:
            settings_of_drill = settings_or_exit(DrillSettings)
            daily(lambda: report_if_due(settings_of_drill))
        case _:
            sys.exit(__doc__)


def main(arguments: list[str]) -> None:
    try:
        run(arguments)
    except PROBLEMS as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main(sys.argv[1:])

"""`python -m services.gateway.lgwan`: serve; `migrate` the schema; `add-staff` an account."""

import argparse
import asyncio
import secrets
import sys

from libs.common.database import engine, store_opener
from libs.common.process import run, run_migrations, settings_or_exit

from .actions import add_account
from .app import create_app
from .domain import EVERY_OFFICE, PASSWORD_LENGTH, RIGHTS, Staff, is_staff_id, normalise_id
from .settings import AccountSettings, Settings
from .store import Store

PACKAGE = "services.gateway.lgwan"


def main(arguments: list[str]) -> None:
    wanted = _parser().parse_args(arguments)
    if wanted.command == "migrate":
        run_migrations(PACKAGE)
    elif wanted.command == "add-staff":
        _add_staff(wanted)
    else:
        run("gateway-lgwan", Settings, create_app)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {PACKAGE}", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("migrate", help="bring the schema to its newest revision")
    add = commands.add_parser("add-staff", help="create an account; the password: STAFF_PASSWORD")
    add.add_argument("--id", required=True, help="what is typed to sign in")
    add.add_argument("--name", required=True, help="shown at the top of every page")
    add.add_argument("--rights", default="all", help=f"all, or some of {','.join(RIGHTS)}")
    add.add_argument("--offices", default=EVERY_OFFICE, help="'*', or office ids with commas")
    add.add_argument("--reset", action="store_true", help="replace an account and sign it out")
    return parser


def _add_staff(wanted: argparse.Namespace) -> None:
    settings = settings_or_exit(AccountSettings)
    password = settings.password or secrets.token_urlsafe(12)
    member = Staff(
        staff_id=normalise_id(wanted.id),
        name=wanted.name,
        rights=frozenset(RIGHTS if wanted.rights == "all" else wanted.rights.split(",")),
        offices=frozenset(wanted.offices.split(",")),
    )
    _check(member, password)
    if not asyncio.run(_store(settings.database_url, member, password, wanted.reset)):
        sys.stdout.write(f"The account {member.staff_id} exists and was left as it is.\n")
        return
    made_up = "" if settings.password else f" Its password: {password}"
    sys.stdout.write(f"The account {member.staff_id} is ready.{made_up}\n")


def _check(member: Staff, password: str) -> None:
    """Ends the command with a sentence where something is wrong."""
    shortest, longest = PASSWORD_LENGTH
    unknown = member.rights - set(RIGHTS)
    if not is_staff_id(member.staff_id):
        sys.exit("--id: 1 to 64 of the letters a to z, digits, and . _ -")
    if unknown:
        sys.exit(f"--rights: unknown: {', '.join(sorted(unknown))}")
    if not shortest <= len(password) <= longest:
        sys.exit(f"STAFF_PASSWORD: from {shortest} to {longest} characters")


async def _store(database_url: str, member: Staff, password: str, reset: bool) -> bool:
    source = engine(database_url, 1)
    try:
        opener = store_opener(source, Store, lambda: None)
        return await add_account(opener, member, password, reset=reset)
    finally:
        await source.dispose()


if __name__ == "__main__":
    main(sys.argv[1:])

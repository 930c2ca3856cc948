"""`python -m services.gateway.lgwan`: serve; `migrate` the schema; accounts by `add-staff` and
`lend-staff`; `erase-training` and `go-live` before the service opens to the public."""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from libs.common import training
from libs.common.database import engine
from libs.common.process import database_or_exit, run, run_migrations, settings_or_exit
from services.gateway.web.link import Unreachable
from services.gateway.web.times import now

from .accounts.account import UnknownAccount
from .accounts.actions import add_account, end_loan, lend
from .app import create_app, write_offline_lists
from .audit.chain import Sealer
from .audit.numbering import erase_person, verify
from .door.password_rules import LONGEST
from .door.settings import SHORTEST_PASSWORD, AccountSettings, LogSettings, Settings
from .door.staff import (
    EVERY_OFFICE,
    RIGHTS,
    ROLES,
    Loan,
    Staff,
    is_staff_id,
    normalise_id,
)
from .door.store import OpenStore, opener_of_stores
from .offline.writing import Share
from .training import TRAINING_TABLES

PACKAGE = "services.gateway.lgwan"
T = TypeVar("T")


def main(arguments: list[str]) -> None:
    if arguments and arguments[0] in (training.ERASE, training.LIVE):
        training.command(TRAINING_TABLES, arguments)
        return
    wanted = _parser().parse_args(arguments)
    if wanted.command == "migrate":
        run_migrations(PACKAGE)
    elif wanted.command == "add-staff":
        _add_staff(wanted)
    elif wanted.command == "offline-lists":
        _offline_lists(wanted)
    elif wanted.command == "lend-staff":
        _lend_staff(wanted)
    elif wanted.command == "verify-log":
        _verify_log(wanted)
    elif wanted.command == "erase-log-of":
        _erase_log(wanted)
    else:
        run("gateway-lgwan", Settings, create_app)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {PACKAGE}", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("migrate", help="bring the schema to its newest revision")
    add = commands.add_parser("add-staff", help="create an account; the password: STAFF_PASSWORD")
    add.add_argument("--id", required=True, help="what is typed to sign in")
    add.add_argument("--name", required=True, help="shown at the top of every page")
    roles = ", ".join(f"{name} ({role.title})" for name, role in ROLES.items())
    add.add_argument("--role", choices=ROLES, help=f"a named set of rights: {roles}")
    add.add_argument(
        "--rights",
        help=f"all, or some of {','.join(RIGHTS)}; beside those of --role. Without either: all",
    )
    add.add_argument(
        "--offices", help="office ids with commas, or '*'; needed with --role, --reset"
    )
    add.add_argument("--reset", action="store_true", help="replace an account and sign it out")
    lent = commands.add_parser("lend-staff", help="let an account help at another office")
    lent.add_argument("--id", required=True)
    lent.add_argument("--office", required=True, help="an office id")
    until = lent.add_mutually_exclusive_group(required=True)
    until.add_argument("--until", type=date.fromisoformat, help="the last day, like 2026-12-31")
    until.add_argument("--end", action="store_true", help="end it now")
    checked = commands.add_parser("verify-log", help="check the chain of the operation log")
    checked.add_argument("--heads", type=Path, help="signed heads that were kept elsewhere")
    erased = commands.add_parser("erase-log-of", help="erase the lines of a member of staff")
    erased.add_argument("--id", required=True)
    lists = commands.add_parser("offline-lists", help="write the lists for an outage of a day now")
    lists.add_argument("--to", required=True, type=Path, help="the folder")
    lists.add_argument(
        "--day",
        type=date.fromisoformat,
        help="like 2026-12-01; without: today, after noon the next",
    )
    return parser


def _add_staff(wanted: argparse.Namespace) -> None:
    settings = settings_or_exit(AccountSettings)
    password = settings.password or secrets.token_urlsafe(15)
    member = Staff(
        staff_id=normalise_id(wanted.id),
        name=wanted.name,
        rights=_rights(wanted.role, wanted.rights),
        offices=_offices(wanted),
    )
    _check(member, password, settings.password_length)
    role, reset = wanted.role or "", wanted.reset
    if not _in_store(settings, lambda s: add_account(s, member, password, role, reset=reset)):
        sys.stdout.write(f"The account {member.staff_id} exists and was left as it is.\n")
        return
    made_up = "" if settings.password else f" Its password: {password}"
    sys.stdout.write(f"The account {member.staff_id} is ready.{made_up}\n")


def _offices(wanted: argparse.Namespace) -> frozenset[str]:
    """Ends the command where a counter's account would get all offices because nobody said which,
    above all when it is made anew."""
    if wanted.offices is None and (wanted.role or wanted.reset):
        sys.exit("--offices: say which, with commas, or '*' for all")
    return frozenset((wanted.offices or EVERY_OFFICE).split(","))


def _rights(role: str | None, more: str | None) -> frozenset[str]:
    if more == "all" or (more is None and role is None):
        return frozenset(RIGHTS)
    own = ROLES[role].rights if role else frozenset()
    return own | frozenset(more.split(",") if more else ())


def _check(member: Staff, password: str, shortest: int) -> None:
    """Ends the command with a sentence where something is wrong."""
    unknown = member.rights - set(RIGHTS)
    if not is_staff_id(member.staff_id):
        sys.exit("--id: 1 to 64 of the letters a to z, digits, and . _ -")
    if unknown:
        sys.exit(f"--rights: unknown: {', '.join(sorted(unknown))}")
    if not shortest <= len(password) <= LONGEST:
        sys.exit(f"STAFF_PASSWORD: from {shortest} to {LONGEST} characters")


def _lend_staff(wanted: argparse.Namespace) -> None:
    settings = settings_or_exit(AccountSettings)
    staff_id, office_id = normalise_id(wanted.id), wanted.office
    try:
        if wanted.end:
            ended = _in_store(settings, lambda s: end_loan(s, staff_id, office_id))
            said = "no longer helps" if ended else "did not help"
            sys.stdout.write(f"{staff_id} {said} at {office_id}.\n")
            return
        loan = Loan(office_id, wanted.until)
        if not _in_store(settings, lambda s: lend(s, staff_id, loan)):
            sys.exit("--until: this day is over")
    except UnknownAccount:
        sys.exit(f"--id: there is no account {staff_id}")
    sys.stdout.write(f"{staff_id} helps at {office_id} until {wanted.until}.\n")


def _verify_log(wanted: argparse.Namespace) -> None:
    """Ends with 1 where the chain is not whole."""
    settings = settings_or_exit(LogSettings)
    sealer = Sealer(settings.log_key)
    try:
        lines = wanted.heads.read_text().splitlines() if wanted.heads else []
        heads = [sealer.read_head(line) for line in lines]
    except (OSError, ValueError):
        sys.exit("--heads: this file cannot be read, or was not signed with this key")
    verdict = _in_store(settings, lambda s: verify(s, sealer, heads))
    for fault in verdict.faults:
        sys.stdout.write(f"{fault.number}: {fault.kind}\n")
    if verdict.faults:
        sys.exit(f"The operation log is not whole: {len(verdict.faults)} faults.")
    sys.stdout.write(f"The operation log is whole: {verdict.links} links.\n")


def _erase_log(wanted: argparse.Namespace) -> None:
    settings = settings_or_exit(LogSettings)
    staff_id, sealer = normalise_id(wanted.id), Sealer(settings.log_key)
    rows = _in_store(settings, lambda s: erase_person(s, sealer, staff_id))
    sys.stdout.write(f"{rows} lines of {staff_id} were erased.\n")


def _offline_lists(wanted: argparse.Namespace) -> None:
    """The password is that of the setting OFFLINE_PASSWORD."""
    settings = settings_or_exit(Settings)
    if len(settings.offline_password) < SHORTEST_PASSWORD:
        sys.exit(f"OFFLINE_PASSWORD: {SHORTEST_PASSWORD} characters or more")
    day = wanted.day or (now() + timedelta(hours=12)).date()
    share = Share(wanted.to, settings.offline_password)
    try:
        with database_or_exit():
            failed = asyncio.run(write_offline_lists(settings, share, day))
    except Unreachable:
        sys.exit("booking does not answer; no list was written")
    if failed:
        sys.exit(f"Not written for {day}: {', '.join(failed)}")
    sys.stdout.write(f"The lists of {day} are in {wanted.to}.\n")


def _in_store(
    settings: AccountSettings | LogSettings, work: Callable[[OpenStore], Awaitable[T]]
) -> T:
    """Runs `work` with the door's own tables."""

    async def run_it() -> T:
        source = engine(settings.database_url, 1)
        try:
            return await work(opener_of_stores(source))
        finally:
            await source.dispose()

    with database_or_exit():
        return asyncio.run(run_it())


if __name__ == "__main__":
    main(sys.argv[1:])

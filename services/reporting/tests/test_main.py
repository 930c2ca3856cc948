"""The words that operators type after `python -m services.reporting`."""

import asyncio
import os
import sys

from dev.account import ROOT
from dev.testing import Database, VirtualHost

from .conftest import environ_of


async def reporting(*words: str, **environ: str) -> tuple[int | None, str, str]:
    """The exit code, output and errors of the command."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.reporting", *words),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    return process.returncode, output.decode(), errors.decode()


async def test_operators_list_dead_letters_and_redrive_them(
    reporting_database: Database, vhost: VirtualHost
) -> None:
    environ = environ_of(reporting_database, vhost)
    back = await reporting("redrive", **environ)
    assert back == (
        0,
        (
            "0 failed facts will be tried again now.\n"
            "0 unread messages were put back into reporting.inbox.\n"
        ),
        "",
    )
    listed = await reporting("dead-letters", **environ)
    assert listed == (0, "0 failed facts, 0 unread messages.\n", "")


async def test_migrating_again_changes_nothing(reporting_database: Database) -> None:
    again = await reporting("migrate", MIGRATE_DATABASE_URL=reporting_database.owner_url)
    assert again == (0, "", "")


async def test_a_database_that_does_not_answer_or_not_to_us_is_said_in_a_sentence(
    reporting_database: Database,
) -> None:
    stranger = reporting_database.owner_url.replace("reporting_owner", "nobody")
    nowhere = "postgresql://reporting_owner:hunter2@127.0.0.1:1/oita"
    waiting = "PostgreSQL does not answer (ConnectionRefusedError); waiting up to 1 s.\n"
    for url, kind, said in (
        (nowhere, "ConnectionRefusedError", waiting),
        (stranger, "28P01", ""),
    ):
        settings = {"MIGRATE_DATABASE_URL": url, "MIGRATE_WAIT_SECONDS": "1"}
        code, output, errors = await reporting("migrate", **settings)
        assert (code, output) == (1, said)
        assert errors.startswith(f"The database refused ({kind})"), errors
        assert errors.count("\n") == 1


async def test_an_unknown_word_gets_a_sentence() -> None:
    code, output, errors = await reporting("rewind")
    assert (code, output) == (1, "")
    words = "migrate | redrive | dead-letters | erase-training | go-live"
    assert errors == f"Use: python -m services.reporting [{words}]\n"


async def test_without_settings_no_command_runs() -> None:
    for words in ([], ["migrate"], ["redrive"], ["dead-letters"]):
        code, _, errors = await reporting(*words)
        assert code == 1
        assert errors.startswith("The setting ")

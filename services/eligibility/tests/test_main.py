"""The words that operators type after `python -m services.eligibility`."""

import os
import subprocess
import sys
from collections.abc import Callable

from dev.account import ROOT
from dev.docs import settings_of
from dev.environment import Ports, Servers, environment
from dev.keys import new_keys
from dev.testing import Database, VirtualHost
from libs.common.settings import describe


def republish(database_url: str, amqp_url: str) -> tuple[int, str]:
    """The exit code and all that the command says."""
    servers = Servers(lambda _: database_url, lambda _: amqp_url, "smtp://127.0.0.1:1")
    known = {name for name, _, _ in describe(settings_of("eligibility"))}
    given = environment(Ports.development(), servers, new_keys())["eligibility"]
    done = subprocess.run(
        [sys.executable, "-m", "services.eligibility", "republish"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], **{name: given[name] for name in known & set(given)}},
    )
    return done.returncode, done.stdout + done.stderr


def test_cards_are_said_again_or_a_sentence_says_why_not(
    database: Callable[[str], Database], vhost: VirtualHost
) -> None:
    url, broker = database("eligibility").url, vhost.url("eligibility")
    assert republish(url, broker) == (0, "Said how these are now: 0 persons.\n")
    stranger = url.replace("eligibility:", "nobody:")
    for refused in ((stranger, broker), (url, "amqp://nobody:hunter2@127.0.0.1:1/x")):
        code, said = republish(*refused)
        assert code == 1
        assert said.startswith("The database or the broker refused")
        assert said.count("\n") == 1

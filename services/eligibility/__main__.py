"""`python -m services.eligibility`: serve, or with a word `migrate`, `redrive`, `dead-letters`, or
`republish [--since MOMENT]`: say where every card is now, or what was sent since then;
`erase-training` and `go-live`: before the service opens to the public."""

import sys
from functools import partial

from libs.common import redrive, training
from libs.common import republish as again
from libs.common.database import engine, store_opener
from libs.common.process import run, run_migrations, settings_or_exit
from libs.contracts.subscriptions import origins
from libs.contracts.times import JST

from .actions.republish import republish
from .app import create_app
from .settings import Settings
from .store import Store
from .training import TRAINING_TABLES


async def say_now(settings: Settings) -> None:
    """Say where every card is, for subscribers that lost it."""
    source = engine(settings.database_url, 1)
    try:
        async with again.publishing("eligibility", settings.amqp_url) as publisher:
            open_store = store_opener(source, Store, lambda: None)
            again.show_now({"persons": await republish(open_store, publisher.say)})
    finally:
        await source.dispose()


match sys.argv[1:]:
    case []:
        run("eligibility", Settings, create_app)
    case ["migrate"]:
        run_migrations("services.eligibility")
    case ["republish"]:
        redrive.attempt(partial(say_now, settings_or_exit(Settings)))
    case ["republish", "--since", moment]:
        settings = settings_or_exit(Settings)
        redrive.attempt(partial(again.send_sent, "eligibility", settings, moment, JST))
    case ["redrive"]:
        settings = settings_or_exit(Settings)
        redrive.main("eligibility", settings, origins(settings.beside_older_release))
    case ["dead-letters"]:
        redrive.show("eligibility", settings_or_exit(Settings))
    case ["erase-training" | "go-live", *_] as wanted:
        training.command(TRAINING_TABLES, wanted)
    case _:
        words = "migrate | redrive | dead-letters | republish | erase-training | go-live"
        sys.exit(f"Use: python -m services.eligibility [{words}]")

"""`python -m services.notify`: serve, or with a word `migrate`, `redrive`, `dead-letters`,
`republish --since MOMENT`: send what was sent since then, or, after a restore,
`end-waiting --before MOMENT`: do not send the mails that waited before it; `erase-training` and
`go-live`: before the service opens to the public."""

import sys
from functools import partial

from libs.common import redrive, republish, training
from libs.common.process import run, run_migrations, settings_or_exit
from libs.contracts.subscriptions import origins
from libs.contracts.times import JST

from . import restored
from .app import create_app
from .settings import Settings
from .training import TRAINING_TABLES

match sys.argv[1:]:
    case []:
        run("notify", Settings, create_app)
    case ["migrate"]:
        run_migrations("services.notify")
    case ["republish", "--since", moment]:
        settings = settings_or_exit(Settings)
        redrive.attempt(partial(republish.send_sent, "notify", settings, moment, JST))
    case ["end-waiting", "--before", moment]:
        settings = settings_or_exit(Settings)
        redrive.attempt(partial(restored.command, settings, moment, JST))
    case ["redrive"]:
        settings = settings_or_exit(Settings)
        redrive.main("notify", settings, origins(settings.beside_older_release))
    case ["dead-letters"]:
        redrive.show("notify", settings_or_exit(Settings))
    case ["erase-training" | "go-live", *_] as wanted:
        training.command(TRAINING_TABLES, wanted)
    case _:
        words = "migrate | redrive | dead-letters | republish | end-waiting"
        words += " | erase-training | go-live"
        sys.exit(f"Use: python -m services.notify [{words}]")

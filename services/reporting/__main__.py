"""`python -m services.reporting`: serve, or with a word `migrate`, `redrive`, `dead-letters`, or
`erase-training` and `go-live`: before the service opens to the public."""

import sys

from libs.common import redrive, training
from libs.common.process import run, run_migrations, settings_or_exit
from libs.contracts.subscriptions import origins

from .app import create_app
from .settings import Settings
from .training import TRAINING_TABLES

match sys.argv[1:]:
    case []:
        run("reporting", Settings, create_app)
    case ["migrate"]:
        run_migrations("services.reporting")
    case ["redrive"]:
        settings = settings_or_exit(Settings)
        redrive.main("reporting", settings, origins(settings.beside_older_release))
    case ["dead-letters"]:
        redrive.show("reporting", settings_or_exit(Settings))
    case ["erase-training" | "go-live", *_] as wanted:
        training.command(TRAINING_TABLES, wanted)
    case _:
        words = "migrate | redrive | dead-letters | erase-training | go-live"
        sys.exit(f"Use: python -m services.reporting [{words}]")

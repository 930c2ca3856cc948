"""`python -m services.reporting`: serve, or with a word `migrate`, `redrive` or `dead-letters`."""

import sys

from libs.common import redrive
from libs.common.process import run, run_migrations, settings_or_exit
from libs.contracts.subscriptions import origins

from .app import create_app
from .settings import Settings

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
    case _:
        sys.exit("Use: python -m services.reporting [migrate | redrive | dead-letters]")

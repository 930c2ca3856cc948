"""What is special about eligibility: files and facts in, checks answered, facts out."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypedDict

from starlette.applications import Starlette

from libs.common.connections import LONG_COMMAND_SECONDS
from libs.common.ops import Readiness
from libs.common.service import HOUR, MINUTE, Running, Service
from libs.common.signing import Verifier
from libs.common.tries import Tolls, TryLimits
from libs.contracts.eligibility import NUMBERS_PURPOSE
from libs.contracts.subscriptions import origins

from .actions.applying import Applying
from .actions.changes import ChangePages
from .actions.checks import Checks
from .actions.drafts import ImportDrafts
from .actions.files import OpenStore
from .actions.imports import Imports
from .actions.jobs import Jobs
from .actions.numbers import Numbers
from .actions.staging import Staging
from .actions.uploads import Uploads
from .handlers import SUBSCRIPTIONS
from .routes import ROUTES, STATUS
from .settings import Settings
from .store import Store
from .vault import Vault


class State(TypedDict):
    """What requests find in `request.state`."""

    checks: Checks
    drafts: ImportDrafts
    changes: ChangePages
    imports: Imports
    numbers: Numbers


def utc_now() -> datetime:
    return datetime.now(UTC)


def open_vault(settings: Settings) -> Vault:
    return Vault(
        settings.person_keys,
        settings.person_index_key,
        settings.ticket_private_key,
        settings.puzzle_bits,
    )


def open_drafts(
    settings: Settings,
    open_store: OpenStore,
    vault: Vault,
    jobs: Jobs,
    now: Callable[[], datetime],
) -> ImportDrafts:
    """The desk where files become the list."""
    pattern = re.compile(settings.card_number_pattern)
    uploads = Uploads(open_store, vault, jobs, pattern, now)
    staging = Staging(open_store, vault, jobs, pattern, now)
    return ImportDrafts(uploads, staging, Applying(open_store, now), vault, jobs, now)


async def start(
    settings: Settings, running: Running, now: Callable[[], datetime] = utc_now
) -> State:
    vault = open_vault(settings)
    open_store = running.stores(Store, LONG_COMMAND_SECONDS)
    checks = Checks(open_store, vault, Tolls(vault.passes, TryLimits(settings.tries_an_hour)), now)
    jobs = Jobs()
    await running.enter(jobs.running())
    drafts = open_drafts(settings, open_store, vault, jobs, now)
    await running.take_in(SUBSCRIPTIONS, open_store)
    await running.watch_projections(open_store)
    await running.repeat("tries", HOUR, checks.forget_tries)
    await running.repeat("watch tries", MINUTE, checks.watch_tries)
    await running.repeat("drafts", MINUTE, drafts.forget)
    passes = Verifier(settings.card_pass_public_key, NUMBERS_PURPOSE)
    return {
        "checks": checks,
        "drafts": drafts,
        "changes": ChangePages(drafts, vault),
        "imports": Imports(open_store, now),
        "numbers": Numbers(open_store, vault, passes, now),
    }


def create_app(
    settings: Settings, readiness: Readiness, now: Callable[[], datetime] = utc_now
) -> Starlette:
    starting = partial(start, now=now)
    return Service("eligibility", ROUTES, STATUS, origins, starting).app(settings, readiness)

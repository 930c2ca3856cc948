"""What is special about reporting: it counts what it takes in, and publishes nothing."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TypedDict

from libs.common.connections import LONG_COMMAND_SECONDS
from libs.common.service import Running, Service
from libs.contracts.subscriptions import origins

from .handlers import SUBSCRIPTIONS
from .routes import ROUTES, STATUS
from .settings import Settings
from .store import Store


class State(TypedDict):
    """What requests find in `request.state`."""

    open_store: Callable[[], AbstractAsyncContextManager[Store]]


async def start(_: Settings, running: Running) -> State:
    open_store = running.stores(Store, LONG_COMMAND_SECONDS)
    await running.take_in(SUBSCRIPTIONS, open_store)
    await running.watch_projections(open_store)
    return {"open_store": open_store}


REPORTING = Service("reporting", ROUTES, STATUS, origins, start, publishes=False)
create_app = REPORTING.app

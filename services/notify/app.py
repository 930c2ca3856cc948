"""What is special about notify: facts in, mails out."""

from functools import partial
from typing import TypedDict

from libs.common.seal import KeyRing
from libs.common.service import HOUR, Running, Service
from libs.contracts.subscriptions import origins

from .domain.letter import MailWriter
from .editing import Editing
from .handlers import SUBSCRIPTIONS
from .reminders import PAUSE_SECONDS, forget_long_past, remind
from .routes import ROUTES, STATUS
from .sender import Sender
from .settings import Settings
from .smtp import send_once
from .store import OpenStore, Store, waking
from .texts import load_templates

TRAINING_MARK = "【研修】"


class State(TypedDict):
    """What requests find in `request.state`."""

    open_store: OpenStore
    editing: Editing


async def start(settings: Settings, running: Running) -> State:
    open_store = running.stores(Store)
    writer = MailWriter(
        settings.mail_from,
        settings.public_url,
        load_templates(),
        mark=TRAINING_MARK if settings.training else "",
    )
    sender = create_sender(settings, open_store, writer)
    taking_in = waking(open_store, sender.wake)
    await running.take_in(SUBSCRIPTIONS, taking_in)
    await running.enter(sender.running())
    await running.watch_projections(open_store)
    reminding = partial(remind, taking_in, settings.reminder_hour)
    await running.repeat("reminders", PAUSE_SECONDS, reminding)
    await running.repeat("old visits", HOUR, partial(forget_long_past, open_store))
    return {"open_store": open_store, "editing": create_editing(settings, open_store, writer)}


def create_sender(settings: Settings, open_store: OpenStore, writer: MailWriter) -> Sender:
    return Sender(
        open_store,
        KeyRing("contact", settings.contact_keys),
        writer,
        settings.smtp_server,
        seconds=settings.mail_seconds,
        lines=settings.mail_connections,
    )


def create_editing(settings: Settings, open_store: OpenStore, writer: MailWriter) -> Editing:
    sender, seconds = settings.mail_from.address, settings.mail_seconds
    post = partial(send_once, settings.smtp_server, sender, seconds)
    return Editing(open_store, writer, post)


create_app = Service("notify", ROUTES, STATUS, origins, start).app

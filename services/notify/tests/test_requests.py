"""One request id leads from the click to its mail."""

import logging

from libs.common.logs import as_request, request_id
from services.notify.store import OpenStore

from .conftest import Sending
from .factories import confirmed, eventually, prepare, until_state
from .scripted import ScriptedServer


async def test_the_line_of_a_mail_names_the_request_that_it_follows_from(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    named: list[str] = []

    async def is_named() -> bool:
        return named == ["c11c"]

    class Names(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            named.extend([request_id.get()] if record.getMessage() == "mail" else [])

    log, handler = logging.getLogger("services.notify.sender"), Names()
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    try:
        fact = confirmed()
        with as_request("c11c"):
            await prepare(open_store, fact)
        async with sending(smtp.port):
            await until_state(open_store, fact.booking_id, "sent")
            await eventually(is_named)
    finally:
        log.removeHandler(handler)
        log.setLevel(logging.NOTSET)

"""Logs as one JSON object a line, with the request id that travels through HTTP and facts."""

import asyncio
import json
import logging
import random
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

log = logging.getLogger(__name__)
request_id: ContextVar[str] = ContextVar("request_id", default="-")


@contextmanager
def as_request(identity: str) -> Iterator[None]:
    """Log and publish under this request id for the block."""
    token = request_id.set(identity)
    try:
        yield
    finally:
        request_id.reset(token)


def new_request_id() -> str:
    """It names lines in a log and is no secret, so it is not worth a system call."""
    return f"{random.getrandbits(128):032x}"


class JsonFormatter(logging.Formatter):
    """Exceptions show their kind and place but never their message: messages quote values."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "request_id": request_id.get(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line["error"] = describe_error(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def describe_error(error: BaseException) -> str:
    """The kinds of an exception and its causes, with the last places in the code."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}" for f in reversed(frames))
    cause = error.__cause__ or error.__context__
    tail = f" from {type(cause).__name__}" if cause else ""
    return f"{type(error).__name__} at {places}{tail}"


def note_unhandled(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """For `loop.set_exception_handler`: asyncio's own handler quotes the exception's message."""
    log.error(context["message"], exc_info=context.get("exception"))


def note_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """For `warnings.showwarning`, which writes lines that are no JSON and quotes what it likes."""
    where = f"{filename.rsplit('/', 1)[-1]}:{lineno}"
    log.warning("a warning of Python", extra=fields(kind=category.__name__, where=where))


def configure(service: str, level: str) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(service))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    warnings.showwarning = note_warning
    for noisy in ("aio_pika", "aiormq", "asyncio", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def fields(**values: object) -> dict[str, dict[str, object]]:
    """`log.info("text", extra=fields(office="…"))`: only codes and counts, never a person."""
    return {"fields": values}

"""What the doors ask of the services: each method of each client, run once without a service."""

import asyncio
import inspect
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal, NoReturn, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import BaseModel

from libs.contracts.booking import CANCEL_REASONS
from services.gateway.web import clients
from services.gateway.web.link import Actor, Body, Link

LGWAN, INTERNET = frozenset({"lgwan"}), frozenset({"internet"})
CLIENTS: dict[type[Any], tuple[str, frozenset[str]]] = {
    clients.CatalogClient: ("booking", LGWAN | INTERNET),
    clients.BookingClient: ("booking", INTERNET),
    clients.StaffBookingClient: ("booking", LGWAN),
    clients.TodayClient: ("booking", LGWAN),
    clients.CounterClient: ("booking", LGWAN),
    clients.CorrectionsClient: ("booking", LGWAN),
    clients.PhoneClient: ("booking", LGWAN),
    clients.OfferClient: ("booking", LGWAN),
    clients.SchedulesClient: ("booking", LGWAN),
    clients.EligibilityClient: ("eligibility", LGWAN | INTERNET),
    clients.NotifyClient: ("notify", LGWAN),
    clients.TextsClient: ("notify", LGWAN),
    clients.ReportingClient: ("reporting", LGWAN),
}
"""The owner that a client asks, and the doors that use it."""
TEXTS = {
    "key": "0123456789abcdef",
    "profile": "",
    "guidance_id": str(UUID(int=1)),
    "card_id": str(UUID(int=1)),
    "reason": next(iter(CANCEL_REASONS.values())),
}
"""Texts that owners read in a form; others may be any."""


@dataclass(frozen=True)
class Question:
    """One request that a method of a client makes."""

    service: str
    doors: frozenset[str]
    asker: str
    way: str
    """The method of Link."""
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: BaseModel | None = None
    reply: type[BaseModel] | None = None
    """None for bytes that pass on what another question is answered with."""
    key: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def method(self) -> str:
        return "POST" if self.way in ("post", "upload") else "GET"


class _Asked(Exception):
    """Ends a method where it would wait for an answer."""


class _Recorder:
    """Stands for a link: notes what it is asked, and never answers."""

    def __init__(self) -> None:
        self.noted: dict[str, Any] = {}

    def __getattr__(self, what: str) -> Callable[..., NoReturn]:
        signature = inspect.signature(getattr(Link, what))

        def note(*given: Any, **named: Any) -> NoReturn:
            self.noted = {
                "way": what,
                **signature.bind(self, *given, **named).arguments,
            }
            raise _Asked

        return note


@cache
def questions() -> tuple[Question, ...]:
    """One or more of every public method of every client; each word of a Literal is tried."""
    return tuple(asyncio.run(_questions()))


async def _questions() -> list[Question]:
    found = []
    for client, (service, doors) in CLIENTS.items():
        for name, method in _methods(client):
            for given in _arguments(method):
                noted = await _ask(client, name, given)
                found.append(_question(service, doors, f"{client.__name__}.{name}", noted))
    return found


def _question(service: str, doors: frozenset[str], asker: str, noted: dict[str, Any]) -> Question:
    query, body = noted.get("query") or {}, noted.get("body")
    return Question(
        service,
        doors,
        asker,
        noted["way"],
        noted["path"],
        tuple(query.items() if isinstance(query, Mapping) else query),
        body if isinstance(body, BaseModel) else None,
        noted.get("reply"),
        noted.get("key"),
        tuple((noted.get("headers") or noted.get("more") or {}).items()),
    )


def _methods(client: type[Any]) -> Iterator[tuple[str, Any]]:
    inherited = set(dir(clients.CatalogClient)) if client is not clients.CatalogClient else set()
    for name, method in inspect.getmembers(client, inspect.isfunction):
        if not name.startswith("_") and name not in inherited:
            yield name, method


def _arguments(method: Any) -> Iterator[dict[str, Any]]:
    hints = {name: hint for name, hint in get_type_hints(method).items() if name != "return"}
    plain = {name: sample(hint, name) for name, hint in hints.items()}
    choices = [name for name, hint in hints.items() if get_origin(hint) is Literal]
    yield plain
    for name in choices:
        yield from ({**plain, name: word} for word in get_args(hints[name])[1:])
    for name in (name for name, hint in hints.items() if hint is bool):
        yield {**plain, name: True}


async def _ask(client: type[Any], name: str, given: dict[str, Any]) -> dict[str, Any]:
    link = _Recorder()
    answer = getattr(client(link), name)(**given)
    with suppress(_Asked):
        await (anext(answer) if inspect.isasyncgen(answer) else answer)
    return link.noted


def sample(hint: Any, name: str = "") -> Any:
    """Something of this kind: of a contract, its required fields, unchecked."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return parts[0]
    if origin in (Union, types.UnionType):
        return sample(parts[0], name)
    if hint is Actor:
        return Actor("somebody")
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return _model(hint)
    if origin in (Mapping, dict):
        return {}
    if origin in (Sequence, tuple):
        return (sample(parts[0], name),)
    plain = {
        str: TEXTS.get(name, "a"),
        UUID: UUID(int=1),
        date: date(2030, 4, 1),
        int: 1,
        bool: False,
        Body: Body(0, "", lambda: iter(())),  # type: ignore[arg-type, return-value]
    }
    return plain.get(hint)


def _model(kind: type[BaseModel]) -> BaseModel:
    needed = {
        name: sample(field.annotation, name)
        for name, field in kind.model_fields.items()
        if field.is_required()
    }
    return kind.model_construct(**needed)

"""Who publishes which facts and who takes them in: the one table the broker is set up by.

Only the standard library, like `libs.common.broker`. A test of the house compares the table with
what the handlers of the services and the feeds of the doors subscribe to.
"""

from collections.abc import Iterator, Mapping, Sequence

from libs.common.broker import (
    COMPLETE,
    Binding,
    Exchange,
    FactSources,
    Topology,
    facts_exchange,
    inbox,
    inbox_queue,
)

OWNERS: Mapping[str, tuple[str, ...]] = {
    "booking": ("booking", "cells", "office", "procedure"),
    "eligibility": ("eligibility",),
    "notify": ("notify",),
}
"""Who owns a fact, by the first word of its name."""

_CATALOG = ("office.published.v1", "procedure.published.v1")
_STEPS = (
    "booking.arrived.v1",
    "booking.cancelled.v1",
    "booking.changed.v1",
    "booking.confirmed.v1",
    "booking.displaced.v1",
    "booking.finished.v1",
    "booking.missed.v1",
    "booking.reopened.v1",
    "booking.resent.v1",
    "booking.restored.v1",
    "booking.stopped.v1",
    "booking.updated.v1",
)
_CARDS = ("eligibility.imported.v1", "eligibility.moved.v1")

DURABLE: Mapping[str, tuple[str, ...]] = {
    "booking": (*_CARDS, "notify.failed.v1", "notify.unreminded.v1"),
    "eligibility": (
        *(step for step in _STEPS if step != "booking.resent.v1"),
        "booking.erased.v1",
        "booking.restated.v1",
        "booking.watermark.v1",
        "office.published.v1",
    ),
    "notify": (
        *_STEPS,
        "booking.erased.v1",
        "booking.restated.v1",
        "booking.watermark.v1",
        *_CATALOG,
    ),
    "reporting": (
        *_STEPS,
        "booking.called.v1",
        "booking.restated.v1",
        *_CATALOG,
        *_CARDS,
        "notify.delivered.v1",
        "notify.failed.v1",
    ),
}
"""What each service has a durable queue for."""

LIVE: Mapping[str, tuple[str, ...]] = {
    "internet": ("cells.changed.v1", *_CATALOG),
    "lgwan": (*_STEPS, "booking.called.v1"),
}
"""What each door listens to while it runs."""

SHARED_EXCHANGE = "facts"
"""Where the release before this one publishes and listens; it exists during its roll only."""


def owner_of(fact: str) -> str | None:
    """The service that alone may publish facts of this name."""
    word = fact.partition(".")[0]
    return next((owner for owner, words in OWNERS.items() if word in words), None)


def exchange_of(fact: str) -> str:
    """The exchange of the owner of a fact."""
    return FactSources(owner_of).exchange_of(fact)


def origins(beside_older_release: bool = False) -> FactSources:
    """Where facts come from, for those who take them in."""
    return FactSources(owner_of, SHARED_EXCHANGE if beside_older_release else None)


def topology(beside_older_release: bool = False) -> Topology:
    """All that the broker has to hold before the first fact."""
    owned = Topology(tuple(Exchange(facts_exchange(owner), "topic") for owner in OWNERS), (), ())
    whole = owned
    for service, facts in DURABLE.items():
        whole += inbox(service) + bound(service, facts)
    whole += Topology((Exchange(COMPLETE, "fanout"),), (), ())
    return whole + shared() if beside_older_release else whole


def bound(service: str, facts: Sequence[str]) -> Topology:
    """The bindings of an inbox to `facts`."""
    queue = inbox_queue(service)
    return Topology((), (), tuple(Binding(exchange_of(fact), queue, fact) for fact in facts))


def shared() -> Topology:
    """The shared exchange, tied both ways: each release hears what the other one publishes, each
    queue once. Messages keep the name of the exchange that they were published to."""
    return Topology((Exchange(SHARED_EXCHANGE, "topic"),), (), tuple(_ties()))


def _ties() -> Iterator[Binding]:
    for owner, words in OWNERS.items():
        exchange = facts_exchange(owner)
        yield Binding(exchange, SHARED_EXCHANGE, "#", to_exchange=True)
        for word in words:
            yield Binding(SHARED_EXCHANGE, exchange, f"{word}.#", to_exchange=True)

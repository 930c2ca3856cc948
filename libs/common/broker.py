"""What a broker holds for the services, as data: names, exchanges, queues and bindings.

Only the standard library: the broker's definitions are made of it where nothing is installed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

QUEUE_LIMIT = 500_000
DELIVERY_LIMIT = 20

COMPLETE = "topology.complete"
"""An exchange that nobody uses: it is declared last. Who publishes waits for it, because a fact
that finds one queue bound counts as sent, and would be lost for the queues bound after it."""

Kind = Literal["topic", "fanout"]
Argument = str | int


@dataclass(frozen=True)
class Exchange:
    """A durable exchange."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class Queue:
    """A durable quorum queue: on a majority of its members before a publish is confirmed.

    It gets three members where three brokers run, which is what RabbitMQ does unasked. Asking for
    it with an argument would give the queue a form that an older release refuses.
    """

    name: str
    arguments: Mapping[str, Argument]


@dataclass(frozen=True)
class Binding:
    """From the exchange `source` to a queue, or to another exchange."""

    source: str
    destination: str
    key: str = ""
    to_exchange: bool = False


@dataclass(frozen=True)
class Topology:
    """Everything durable in one virtual host."""

    exchanges: tuple[Exchange, ...]
    queues: tuple[Queue, ...]
    bindings: tuple[Binding, ...]

    def __add__(self, other: "Topology") -> "Topology":
        return Topology(
            self.exchanges + other.exchanges,
            self.queues + other.queues,
            self.bindings + other.bindings,
        )


def facts_exchange(owner: str) -> str:
    """The topic exchange that only `owner` writes to."""
    return f"{owner}.facts"


def inbox_queue(service: str) -> str:
    return f"{service}.inbox"


def dead_queue(service: str) -> str:
    """Where the broker puts what `service` rejects, through an exchange of the same name."""
    return f"{service}.dead"


def again_exchange(service: str) -> str:
    """The way back from the dead queue into the inbox."""
    return f"{service}.again"


def live_queues(program: str) -> str:
    """What the names of the live queues of `program` begin with."""
    return f"{program}.live."


def inbox(service: str) -> Topology:
    """The inbox of `service`, its dead letters and the way back; bound to no fact yet.

    An explicit delivery limit and at-least-once dead-lettering work alike on RabbitMQ 3.10 and
    4.x; at-least-once asks for reject-publish. Dead letters have an exchange of their own, because
    nobody may write to the default one: it reaches every queue.
    """
    dead, again = dead_queue(service), again_exchange(service)
    arguments: dict[str, Argument] = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-max-length": QUEUE_LIMIT,
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": dead,
        "x-dead-letter-strategy": "at-least-once",
    }
    buried: dict[str, Argument] = {"x-queue-type": "quorum", "x-max-length": QUEUE_LIMIT}
    return Topology(
        (Exchange(dead, "fanout"), Exchange(again, "fanout")),
        (Queue(dead, buried), Queue(inbox_queue(service), arguments)),
        (Binding(dead, dead), Binding(again, inbox_queue(service))),
    )


@dataclass(frozen=True)
class FactSources:
    """Where facts come from. `shared` is an exchange that counts for every fact, if there is one:
    only while an older release still publishes to it."""

    owner_of: Callable[[str], str | None]
    shared: str | None = None

    def exchange_of(self, fact: str) -> str:
        """The exchange of the owner of a fact. Raises LookupError for what nobody owns."""
        owner = self.owner_of(fact)
        if owner is None:
            raise LookupError(f"nobody owns {fact}")
        return facts_exchange(owner)

    def believes(self, exchange: str, fact: str) -> bool:
        """Whether what came through `exchange` may call itself `fact`."""
        owner = self.owner_of(fact)
        if owner is None:
            return False
        return exchange in (facts_exchange(owner), self.shared)

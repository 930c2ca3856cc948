"""Who reaches whom inside the cluster: the drawing of README.md as a table."""

from collections.abc import Iterable, Iterator

Arrow = tuple[str, str, int]
"""From, to, port."""

SERVICES = ("booking", "eligibility", "notify", "reporting")
WEB, DATA, FACTS = 8000, 5432, 5672
PORTS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys((*SERVICES, "internet", "lgwan"), (WEB, 9000)),
    "edge-internet": (8443, 8080),
    "edge-lgwan": (8443, 8080),
    "postgres": (DATA, 8008),
    "rabbitmq": (FACTS, 4369, 25672, 15692),
    "prometheus": (9090,),
    "journal": (9000,),
}
"""What each kind of pod listens on."""


def _arrows(sources: Iterable[str], targets: Iterable[str], *ports: int) -> Iterator[Arrow]:
    targets = list(targets)
    yield from ((one, other, port) for one in sources for other in targets for port in ports)


def arrows() -> set[Arrow]:
    """Every way between pods that run for long."""
    return {
        *_arrows(["edge-internet"], ["internet"], WEB),
        *_arrows(["edge-lgwan"], ["lgwan"], WEB),
        *_arrows(["internet"], ["booking", "eligibility"], WEB),
        *_arrows(["lgwan"], SERVICES, WEB),
        *_arrows([*SERVICES, "internet", "lgwan"], ["rabbitmq"], FACTS),
        *_arrows([*SERVICES, "lgwan"], ["postgres"], DATA),
        *_arrows(["postgres"], ["postgres"], DATA, 8008),
        *_arrows(["rabbitmq"], ["rabbitmq"], 4369, 25672),
        *_arrows(["prometheus"], [*SERVICES, "internet", "lgwan"], 9000),
        *_arrows(["journal"], ["postgres"], DATA),
        *_arrows(["prometheus"], ["journal"], 9000),
        *_arrows(["prometheus"], ["rabbitmq"], 15692),
        *_arrows(["prometheus"], ["postgres"], 8008),
    }

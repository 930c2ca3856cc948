"""The broker's users and their rights, as the JSON document that RabbitMQ loads at start.

`python -m deploy.rabbitmq.definitions > definitions.json` reads the passwords from the environment:
BOOKING_AMQP_PASSWORD and so on, one for each user. Any Python can run it here; nothing is installed
for it. With `--beside-older-release` the rights serve the release
before this one as well, until it is gone (docs/operations.md).

Exchanges, queues and bindings are declared afterwards by `python -m libs.topology`.
"""

import base64
import hashlib
import json
import os
import re
import secrets
import sys
from collections.abc import Iterable, Iterator, Mapping

from libs.common.broker import (
    again_exchange,
    dead_queue,
    facts_exchange,
    inbox_queue,
    live_queues,
)
from libs.contracts.subscriptions import DURABLE, LIVE, OWNERS, SHARED_EXCHANGE, exchange_of

VHOST = "oita"
OPERATOR = "operator"
TOPOLOGY = "topology"
USERS = (*DURABLE, *LIVE, TOPOLOGY, OPERATOR)
OLDER_DOORS = "gateway"
"""The user that both doors of the older release share."""

BESIDE = "--beside-older-release"
NOTHING, EVERYTHING = "^$", ".*"

Definitions = dict[str, object]


def definitions(
    passwords: Mapping[str, str], vhost: str = VHOST, beside_older_release: bool = False
) -> Definitions:
    """The whole document. `passwords` has one entry for each user."""
    users = [user(name, passwords[name]) for name in users_of(beside_older_release)]
    return {"users": users, **rights_in(vhost, beside_older_release)}


def users_of(beside_older_release: bool = False) -> tuple[str, ...]:
    return (*USERS, OLDER_DOORS) if beside_older_release else USERS


def hashed(password: str) -> str:
    """RabbitMQ's own form: four bytes of salt, then SHA-256 of salt and password, in base64."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def user(name: str, password: str) -> Definitions:
    return {
        "name": name,
        "password_hash": hashed(password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": ["administrator"] if name == OPERATOR else [],
        "limits": {},
    }


def rights_in(vhost: str, beside_older_release: bool = False) -> Definitions:
    """A virtual host and what each user may do there. Topic permissions say which facts a door may
    bind its queues to: the broker refuses every other key, `#` among them."""
    given = [
        _rights(OPERATOR, EVERYTHING, EVERYTHING, EVERYTHING),
        _rights(TOPOLOGY, EVERYTHING, _any(_written_by_topology(beside_older_release)), EVERYTHING),
        *(_service(service, beside_older_release) for service in DURABLE),
        *(_door(door) for door in LIVE),
    ]
    topics = [_topics(*each) for each in _heard_live()]
    if beside_older_release:
        given.append(_older_doors())
        topics += [_topics(service, SHARED_EXCHANGE, _words(service)) for service in DURABLE]
    return {
        "vhosts": [{"name": vhost}],
        "permissions": [{"vhost": vhost, **each} for each in given],
        "topic_permissions": [{"vhost": vhost, **each} for each in topics],
    }


def _service(service: str, beside_older_release: bool) -> Definitions:
    """A service declares nothing, writes its own facts and reads its own queues. In the older
    release it also declares its inbox, and everybody's facts go through one exchange."""
    read = [inbox_queue(service), dead_queue(service)]
    write = [again_exchange(service), *([facts_exchange(service)] if service in OWNERS else [])]
    if not beside_older_release:
        return _rights(service, NOTHING, _any(write), _any(read))
    own = [inbox_queue(service), dead_queue(service), again_exchange(service)]
    return _rights(
        service,
        _any(own),
        _any([*own, *write, SHARED_EXCHANGE]),
        _any([*own, SHARED_EXCHANGE]),
    )


def _door(door: str) -> Definitions:
    """A door makes live queues of its own and binds them to what it may hear."""
    own = rf"{re.escape(live_queues(door))}[0-9a-f]+"
    heard = [re.escape(exchange) for exchange in _exchanges(LIVE[door])]
    return _rights(door, f"^{own}$", f"^{own}$", f"^({'|'.join([own, *heard])})$")


def _older_doors() -> Definitions:
    own = rf"{OLDER_DOORS}\..*"
    return _rights(OLDER_DOORS, f"^{own}$", f"^{own}$", f"^({own}|{SHARED_EXCHANGE})$")


def _written_by_topology(beside_older_release: bool) -> Iterator[str]:
    """To bind is to write to the destination, and who declares a queue has to be allowed to write
    to its dead letters. The exchanges of facts are not among them."""
    for service in DURABLE:
        yield from (inbox_queue(service), dead_queue(service))
    if beside_older_release:
        yield from (SHARED_EXCHANGE, *(facts_exchange(owner) for owner in OWNERS))


def _heard_live() -> Iterator[tuple[str, str, str]]:
    """(door, exchange, pattern of the facts that the door may hear of it)"""
    for door, facts in LIVE.items():
        for exchange in _exchanges(facts):
            heard = [fact for fact in facts if exchange_of(fact) == exchange]
            yield door, exchange, _any(heard)


def _exchanges(facts: Iterable[str]) -> list[str]:
    return sorted({exchange_of(fact) for fact in facts})


def _words(service: str) -> str:
    """The facts of the older release that a service publishes; what it hears is not narrowed."""
    words = "|".join(OWNERS.get(service, ()))
    return rf"^({words})\..*$" if words else NOTHING


def _rights(name: str, configure: str, write: str, read: str) -> Definitions:
    return {"user": name, "configure": configure, "write": write, "read": read}


def _topics(name: str, exchange: str, pattern: str) -> Definitions:
    """Of the shared exchange a service reads everything, of an owner's a door writes nothing."""
    shared = exchange == SHARED_EXCHANGE
    write, read = (pattern, EVERYTHING) if shared else (NOTHING, pattern)
    return {"user": name, "exchange": exchange, "write": write, "read": read}


def _any(names: Iterable[str]) -> str:
    return f"^({'|'.join(re.escape(name) for name in names)})$"


def main(arguments: list[str]) -> None:
    if arguments not in ([], [BESIDE]):
        sys.exit(__doc__)
    beside = BESIDE in arguments
    names = {name: f"{name.upper()}_AMQP_PASSWORD" for name in users_of(beside)}
    missing = [variable for variable in names.values() if not os.environ.get(variable)]
    if missing:
        sys.exit(f"Set {', '.join(missing)}: the password of each user of the broker.")
    passwords = {name: os.environ[variable] for name, variable in names.items()}
    json.dump(definitions(passwords, beside_older_release=beside), sys.stdout, indent=2)


if __name__ == "__main__":
    main(sys.argv[1:])

"""The broker's users, rights and exchanges, as the JSON document that RabbitMQ loads at start.

`python deploy/rabbitmq/definitions.py > definitions.json` reads the passwords from the environment:
BOOKING_AMQP_PASSWORD and so on, and OPERATOR_AMQP_PASSWORD. Any Python can run it, nothing else is
imported.
"""

import base64
import hashlib
import json
import os
import secrets
import sys
from collections.abc import Mapping

VHOST = "oita"
EXCHANGE = "facts"
OPERATOR = "operator"
# Which facts a service may publish: the first word of the routing key.
OWNED_FACTS = {
    "booking": ("booking", "cells", "office", "procedure"),
    "eligibility": ("eligibility",),
    "notify": ("notify",),
    "reporting": ("reporting",),
    "gateway": ("staff",),
}

Definitions = dict[str, object]


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


def rights(service: str, vhost: str) -> Definitions:
    """Its own queues and exchanges, and the exchange of facts.

    Not the default exchange: who may write there can put a message into anybody's queue. Dead
    letters therefore go through an exchange of the service's own, which it declares itself.
    """
    own = rf"{service}\..*"
    shared = rf"^({own}|{EXCHANGE})$"
    return {
        "user": service,
        "vhost": vhost,
        "configure": f"^{own}$",
        "write": shared,
        "read": shared,
    }


def topic_rights(service: str, vhost: str) -> Definitions:
    owned = "|".join(OWNED_FACTS[service])
    return {
        "user": service,
        "vhost": vhost,
        "exchange": EXCHANGE,
        "write": rf"^({owned})\..*$",
        "read": ".*",
    }


def vhost_definitions(vhost: str) -> Definitions:
    """One virtual host with everything in it but the users, which belong to the whole broker."""
    operator = {"user": OPERATOR, "vhost": vhost, "configure": ".*", "write": ".*", "read": ".*"}
    return {
        "vhosts": [{"name": vhost}],
        "permissions": [operator, *(rights(service, vhost) for service in OWNED_FACTS)],
        "topic_permissions": [topic_rights(service, vhost) for service in OWNED_FACTS],
        "exchanges": [exchange_of_facts(vhost)],
    }


def exchange_of_facts(vhost: str) -> Definitions:
    return {
        "name": EXCHANGE,
        "vhost": vhost,
        "type": "topic",
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def definitions(passwords: Mapping[str, str], vhost: str = VHOST) -> Definitions:
    """The whole document. `passwords` has one entry per service and one for the operator."""
    users = [user(name, passwords[name]) for name in (OPERATOR, *OWNED_FACTS)]
    return {"users": users, **vhost_definitions(vhost)}


def main() -> None:
    names = {name: f"{name.upper()}_AMQP_PASSWORD" for name in (OPERATOR, *OWNED_FACTS)}
    missing = [variable for variable in names.values() if not os.environ.get(variable)]
    if missing:
        sys.exit(f"Set {', '.join(missing)}: the password of each user of the broker.")
    passwords = {name: os.environ[variable] for name, variable in names.items()}
    json.dump(definitions(passwords), sys.stdout, indent=2)


if __name__ == "__main__":
    main()

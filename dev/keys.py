"""Every password and key of one stack, made once and kept in a file only its owner can read."""

import base64
import json
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.rabbitmq.definitions import USERS

from .postgres import roles

Keys = dict[str, str]
PAIRS = ("internet_door", "lgwan_door", "ticket", "card_pass", "drill")
SINGLE = (
    *("contact", "booking_person", "booking_index", "eligibility_person", "eligibility_index"),
    *("internet_cookie", "backup", "log"),
)
CLUSTER = ("replicator", "rewinder", "patroni", "erlang")
"""What servers of which there are several say to each other."""


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def new_keys() -> Keys:
    """Fresh keys: 32 bytes in base64, Ed25519 pairs as `<name>_private` and `<name>_public`."""
    keys = {name: encoded(secrets.token_bytes(32)) for name in SINGLE}
    for name in PAIRS:
        private = Ed25519PrivateKey.generate()
        keys[f"{name}_private"] = encoded(private.private_bytes_raw())
        keys[f"{name}_public"] = encoded(private.public_key().public_bytes_raw())
    for role in ("postgres", *roles()):
        keys[f"database:{role}"] = secrets.token_hex(16)
    for user in USERS:
        keys[f"broker:{user}"] = secrets.token_hex(16)
    for name in CLUSTER:
        keys[f"cluster:{name}"] = secrets.token_hex(16)
    keys["staff_password"] = "-".join(secrets.token_hex(2) for _ in range(4))
    return keys


def kept_keys(path: Path) -> Keys:
    """The keys in `path`; what is missing is made and added."""
    kept: Keys = json.loads(path.read_text()) if path.exists() else {}
    keys = {**new_keys(), **kept}
    if keys != kept:
        _write(path, json.dumps(keys, indent=2))
    return keys


def passwords(keys: Keys, kind: str) -> dict[str, str]:
    """The passwords of `database` roles or `broker` users, by name."""
    return {
        name.removeprefix(f"{kind}:"): value
        for name, value in keys.items()
        if name.startswith(f"{kind}:")
    }


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    part.replace(path)

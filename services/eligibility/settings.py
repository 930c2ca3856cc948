"""What an eligibility process reads from its environment."""

import re
from dataclasses import dataclass

from libs.common.settings import ServiceSettings, count, key32, setting, versioned_keys
from libs.common.tries import HOUR_FREE_TRIES
from libs.common.work import BITS, puzzle_bits

CARD_NUMBER = "[0-9A-Z]{3}[0-9]{6}"


def pattern(text: str) -> str:
    """A regular expression, checked when the process starts."""
    try:
        re.compile(text)
    except re.error as wrong:
        raise ValueError(f"not a regular expression: {wrong}") from None
    return text


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Keys are 32 bytes in base64."""

    person_keys: dict[int, bytes] = setting(
        "PERSON_KEYS",
        "Keys that seal persons at rest, this service's own.",
        versioned_keys,
        secret=True,
    )
    person_index_key: bytes = setting(
        "PERSON_INDEX_KEY",
        "Key of the digests that find a person by card number.",
        key32,
        secret=True,
    )
    ticket_private_key: bytes = setting(
        "TICKET_PRIVATE_KEY",
        "Ed25519 private key that signs tickets for booking.",
        key32,
        secret=True,
    )
    card_pass_public_key: bytes = setting(
        "CARD_PASS_PUBLIC_KEY",
        "Ed25519 public key of booking's passes, without which no card number is opened.",
        key32,
    )
    card_number_pattern: str = setting(
        "CARD_NUMBER_PATTERN",
        "What a card number looks like without hyphens, in capitals: a regular expression.",
        pattern,
        default=CARD_NUMBER,
    )
    puzzle_bits: int = setting(
        "PUZZLE_BITS",
        "How hard the puzzle is that buys one more try: each more doubles the time it takes.",
        puzzle_bits,
        default=BITS,
    )
    tries_an_hour: int = setting(
        "TRIES_AN_HOUR",
        "Wrong tries of everybody within an hour, beyond which each first check costs a puzzle.",
        count,
        default=HOUR_FREE_TRIES,
    )

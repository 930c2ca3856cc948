"""What a booking process reads from its environment."""

from dataclasses import dataclass

from libs.common.settings import (
    CONNECTIONS,
    ServiceSettings,
    count,
    flag,
    key32,
    setting,
    versioned_keys,
)
from libs.common.tries import HOUR_FREE_TRIES
from libs.common.work import BITS, puzzle_bits


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """Keys are 32 bytes in base64."""

    contact_keys: dict[int, bytes] = setting(
        "CONTACT_KEYS",
        "Keys that seal e-mail addresses, shared with notify.",
        versioned_keys,
        secret=True,
    )
    person_keys: dict[int, bytes] = setting(
        "PERSON_KEYS",
        "Keys that seal names at rest, this service's own.",
        versioned_keys,
        secret=True,
    )
    person_index_key: bytes = setting(
        "PERSON_INDEX_KEY",
        "Key of the digests that recognise a person again.",
        key32,
        secret=True,
    )
    ticket_public_key: bytes = setting(
        "TICKET_PUBLIC_KEY", "Ed25519 public key of eligibility's tickets.", key32
    )
    card_pass_private_key: bytes = setting(
        "CARD_PASS_PRIVATE_KEY",
        "Ed25519 private key that says to eligibility which card numbers staff may have.",
        key32,
        secret=True,
    )
    hold_minutes: int = setting(
        "HOLD_MINUTES", "How long a chosen time is held.", count, default=10
    )
    puzzle_bits: int = setting(
        "PUZZLE_BITS",
        "How hard the puzzle is that buys one more try: each more doubles the time it takes.",
        puzzle_bits,
        default=BITS,
    )
    tries_an_hour: int = setting(
        "TRIES_AN_HOUR",
        "Wrong tries of everybody within an hour, beyond which each first look costs a puzzle.",
        count,
        default=HOUR_FREE_TRIES,
    )
    horizon_days: int = setting(
        "HORIZON_DAYS", "How many days ahead opening times are laid out.", count, default=60
    )
    proposal_days: int = setting(
        "PROPOSAL_DAYS",
        "For how many working days another time is held for whoever lost their own.",
        count,
        default=3,
    )
    searches_an_hour: int = setting(
        "SEARCHES_AN_HOUR",
        "How often an account of staff may search by name, phone, e-mail or card within an hour.",
        count,
        default=60,
    )
    shelf_numbers: bool = setting(
        "SHELF_NUMBERS",
        "1 where the city marks on which shelf a card lies (保管番号) and staff write it down.",
        flag,
        default=False,
    )
    pool_size: int = setting("POOL_SIZE", CONNECTIONS, count, default=10)

"""Who is the same person, and the numbers that bookings go by."""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from libs.contracts.booking import Need, Spoken, Visitor
from libs.rules.names import fold_name
from libs.rules.numbers import ALPHABET, BOOKING_LENGTH, booking_number, code_of


def new_number() -> str:
    """A booking number: ten random characters that cannot be mistaken for each other."""
    return "".join(secrets.choice(ALPHABET) for _ in range(BOOKING_LENGTH))


def normal_number(typed: str) -> str:
    """A booking number as people type it, in the form it is kept in; anything else is a text that
    no booking has."""
    return booking_number(typed) or code_of(typed)


class PersonKey:
    """Who is the same person within a group of procedures. Never by e-mail, phone or address:
    families share them."""

    CARD: ClassVar[str] = "card"
    NAME: ClassVar[str] = "name"

    @classmethod
    def parts_of_card(cls, card_key: str) -> tuple[str, ...]:
        return cls.CARD, card_key

    @classmethod
    def parts_of_name(cls, name: str, born: date, version: int) -> tuple[str, ...]:
        kind = cls.NAME if version == 1 else f"{cls.NAME} {version}"
        return kind, fold_name(name, version), born.isoformat()


@dataclass(frozen=True)
class NewPerson:
    """Who takes over a booking: `keys` has one for each procedure; name and contacts are sealed."""

    keys: tuple[str, ...]
    former_keys: tuple[str, ...]
    card_key: str | None
    birth_digest: str
    kana: str | None
    visitor: Visitor
    cards: int | None
    has_inquiry: bool | None
    needs: tuple[Need, ...]
    interpreter: Spoken | None
    contact: str | None
    phone: str | None

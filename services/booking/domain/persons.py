"""Who is the same person, and the numbers that bookings go by."""

import secrets
import unicodedata
from datetime import date
from typing import ClassVar

from libs.rules.names import fold_name

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER_LENGTH = 10
_LOOKALIKES = str.maketrans("ILO", "110")


def new_number() -> str:
    """A booking number: ten random characters that cannot be mistaken for each other."""
    return "".join(secrets.choice(_CROCKFORD) for _ in range(_NUMBER_LENGTH))


def normal_number(typed: str) -> str:
    """A booking number as people type it, in the form it is kept in."""
    folded = unicodedata.normalize("NFKC", typed).upper()
    return "".join(filter(str.isalnum, folded)).translate(_LOOKALIKES)


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

"""Who is the same person, and the numbers that bookings go by."""

import secrets
import unicodedata
from datetime import date
from typing import ClassVar

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
    def parts_of_name(cls, kana: str, born: date) -> tuple[str, ...]:
        return cls.NAME, normal_kana(kana), born.isoformat()


def normal_kana(typed: str) -> str:
    """A name's kana for comparison only: full-width katakana without blanks."""
    folded = "".join(unicodedata.normalize("NFKC", typed).split())
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in folded)

"""Booking numbers (予約番号) and card numbers (製造管理番号), as people type them."""

import re

from .folding import fold

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Signs of a booking number: none that is mistaken for another one."""
BOOKING_LENGTH = 10

_BOOKING = re.compile(f"[{ALPHABET}]{{{BOOKING_LENGTH}}}")
_LOOKALIKES = str.maketrans("OIL", "011")


def code_of(text: str) -> str:
    """A code in half-width capitals without hyphens, and without a label that was pasted with it:
    予約番号：8K2M4-7QX3P."""
    return fold(text).rpartition(":")[2].upper().replace("-", "")


def booking_number(text: str) -> str | None:
    """The number in the form it is kept in; letters that look like digits count as those. None for
    anything else."""
    code = code_of(text).translate(_LOOKALIKES)
    return code if _BOOKING.fullmatch(code) else None


def card_number(text: str, pattern: re.Pattern[str]) -> str | None:
    """The number as it is compared; None for what the city's `pattern` does not match. Where only
    digits can stand, letters that look like them count as those."""
    code = code_of(text)
    folded = (
        code[: len(code) - n] + code[len(code) - n :].translate(_LOOKALIKES)
        for n in range(len(code) + 1)
    )
    return next((number for number in folded if pattern.fullmatch(number)), None)

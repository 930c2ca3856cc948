"""E-mail addresses and phone numbers for comparison only: two that fold alike are one."""

import re

from .folding import fold

_ABROAD = re.compile(r"(?:\+|010|00)81(?:\(0\)|0)?(?=[1-9])")
_NO_DIGIT = re.compile(r"\D")


def fold_email(address: str) -> str:
    """The address in half-width small letters: mailboxes that differ in capitals are one in all
    but name."""
    return fold(address).lower()


def fold_phone(number: str) -> str:
    """The digits alone, as they are dialled within Japan."""
    return _NO_DIGIT.sub("", _ABROAD.sub("0", fold(number).replace("-", ""), count=1))

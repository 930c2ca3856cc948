"""What a form held that was sent after its session had ended: kept for the same account."""

from dataclasses import dataclass
from datetime import timedelta

KEPT_MOST = 10
"""So many things are kept for one account; the oldest gives way."""
KEPT_FOR = timedelta(days=7)
FORM = "form:"
"""Subjects of whole forms begin like this: they may hold personal data."""
FORMS_KEPT_FOR = timedelta(hours=12)
WRITABLE_FOR = timedelta(hours=12)
"""So long after its last request a form of an ended session is still taken for its account's."""


@dataclass(frozen=True)
class Unsaved:
    """`subject` says what it is about: the newest of each is kept. It goes on at `back`. Where the
    content is sealed, the browser is given its `key`."""

    subject: str
    content: str
    back: str
    key: str = ""

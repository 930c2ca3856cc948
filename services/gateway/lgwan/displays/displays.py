"""A screen in a waiting room: opened by staff for one office, with a cookie that opens nothing
else, and an end of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, get_args
from uuid import UUID

Theme = Literal["dark", "light"]
THEMES: tuple[tuple[Theme, str], ...] = (
    ("dark", "暗い背景に明るい文字"),
    ("light", "明るい背景に暗い文字"),
)
LONGEST_DISPLAY = timedelta(hours=18)
"""It outlives the sign-out of whoever opened it, not the night."""
ENTRY = timedelta(minutes=10)
"""So long the token of the form may be exchanged for the cookie."""
COOKIE = "display"
ACTOR = "display"
RIGHT = "calls.read"


@dataclass(frozen=True)
class Display:
    """`opened_by` is an account; `shown_at` is when its screen asked last, None before there was
    one."""

    display_id: UUID
    office_id: str
    theme: Theme
    opened_by: str
    opened_at: datetime
    expires_at: datetime
    shown_at: datetime | None


def read_theme(text: str) -> Theme:
    known: tuple[Theme, ...] = get_args(Theme)
    return next((one for one in known if one == text), "dark")


def display_id_of(staff_id: str, key: str) -> UUID:
    """The same form sent twice opens one display."""
    return UUID(bytes=sha256(f"display|{staff_id}|{key}".encode()).digest()[:16])

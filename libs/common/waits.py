"""A minute of waiting that its owner has signed: the way on for who has no scripts.

The token is `wait.ripe.holder.id.seal`. It buys nothing before the second `ripe` (Unix time) and
nothing LIFE_SECONDS after it. Only the service that issued it can make one, and it remembers none.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from math import ceil

WAIT_SECONDS = 60
LIFE_SECONDS = 900

_TOKEN = re.compile(
    r"(?P<terms>wait\.(?P<ripe>\d{1,12})\.(?P<holder>[0-9a-f]{16})\.(?P<id>[0-9a-f]{32}))\.(?P<seal>[0-9a-f]{32})"
)


@dataclass(frozen=True)
class Waited:
    """A token of ours. `name` is what to keep when it was used, `seconds_left` how long it still
    has to wait; 0 when it may be used."""

    name: str
    seconds_left: int


class Waits:
    """Signs and reads waits. A wait is good for one `subject`, which says what may be done and on
    which day, and for its `holder`. Without a holder it is read for whoever shows it."""

    def __init__(self, key: bytes) -> None:
        self._key = hmac.new(key, b"wait|", sha256).digest()

    def issue(self, subject: str, holder: str, now: datetime) -> str:
        """A token of at most 110 characters that may be used after WAIT_SECONDS."""
        ripe, name = ceil(now.timestamp()) + WAIT_SECONDS, secrets.token_hex(16)
        terms = f"wait.{ripe}.{self._mark(holder)}.{name}"
        return f"{terms}.{self._seal(subject, terms)}"

    def read(self, subject: str, holder: str, token: str, now: datetime) -> Waited | None:
        """None for a token that is not ours, is for something or somebody else, or is too old."""
        found = _TOKEN.fullmatch(token)
        if found is None or not hmac.compare_digest(
            found["seal"], self._seal(subject, found["terms"])
        ):
            return None
        if holder and found["holder"] != self._mark(holder):
            return None
        left = int(found["ripe"]) - now.timestamp()
        return Waited(found["id"], max(ceil(left), 0)) if left > -LIFE_SECONDS else None

    def _mark(self, holder: str) -> str:
        return hmac.new(self._key, f"holder|{holder}".encode(), sha256).hexdigest()[:16]

    def _seal(self, subject: str, terms: str) -> str:
        return hmac.new(self._key, f"{terms}|{subject}".encode(), sha256).hexdigest()[:32]

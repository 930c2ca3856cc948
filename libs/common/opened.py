"""The word of a service that somebody gave the right answer a while ago: others who guess at the
same number meanwhile cost them nothing.

The token is `opened.until.seal`. It is good for one subject, which says what was right (a number
and what belongs to it), and ends with the draft of the citizens' door that carries it.
"""

import hmac
import re
from datetime import datetime
from hashlib import sha256

LIFE_SECONDS = 12 * 3600

_TOKEN = re.compile(r"opened\.(?P<until>\d{1,12})\.(?P<seal>[0-9a-f]{32})")


class Opened:
    """Signs and reads these words without remembering any."""

    def __init__(self, key: bytes) -> None:
        self._key = hmac.new(key, b"opened|", sha256).digest()

    def issue(self, subject: str, now: datetime) -> str:
        until = int(now.timestamp()) + LIFE_SECONDS
        return f"opened.{until}.{self._seal(subject, until)}"

    def proves(self, subject: str, token: str, now: datetime) -> bool:
        """Whether it is ours, about this subject and not too old."""
        found = _TOKEN.fullmatch(token)
        if found is None or int(found["until"]) < now.timestamp():
            return False
        return hmac.compare_digest(found["seal"], self._seal(subject, int(found["until"])))

    def _seal(self, subject: str, until: int) -> str:
        return hmac.new(self._key, f"{until}|{subject}".encode(), sha256).hexdigest()[:32]

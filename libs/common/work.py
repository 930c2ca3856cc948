"""A puzzle that costs whoever wants to go on some seconds of computing: hashes, found by trying.

The challenge is `parts.bits.expiry.id.seal`. Its answer is the challenge, `~`, and for each part p
from 0 a whole number n, joined by `-`, for which SHA-256 of the text `seal.p.n` begins with `bits`
zero bits. Many small parts take about the same time whoever solves them; one large part may take
thrice its mean. The text fits into one block, so a plain solver wastes nothing.
"""

import hmac
import re
import secrets
from datetime import datetime
from hashlib import sha256

PARTS = 16
BITS = 15
"""2^15 hashes a part: PARTS of them are half a million, some seconds on a cheap phone."""
STEPS = 4
"""How often a wrong try doubles the work. It ends there: whoever solves what is asked then, is let
in, however much others try meanwhile."""
MOST_BITS = 24
LIFE_SECONDS = 900

_ANSWER = re.compile(
    r"(?P<terms>(?P<parts>\d{1,2})\.(?P<bits>\d{1,2})\.(?P<expiry>\d{1,12})\.(?P<id>[0-9a-f]{32}))"
    r"\.(?P<seal>[0-9a-f]{32})~(?P<numbers>\d{1,9}(?:-\d{1,9})*)"
)


class Puzzles:
    """Makes challenges and checks answers, without remembering any.

    `subject` is what the tries are counted for, `tries` how many wrong ones were made on top of
    those that are free. An answer is good for its subject at its difficulty, until it expires. That
    it is good once, is for the owner of the count to see to: keep the name that `verify` gives with
    each wrong try, and refuse it the next time.
    """

    def __init__(self, key: bytes, bits: int = BITS) -> None:
        self._key = hmac.new(key, b"work|", sha256).digest()
        self._bits = bits

    def issue(self, subject: str, tries: int, now: datetime) -> str:
        """A challenge of at most 100 characters, harder with each of the first `tries`."""
        expiry = int(now.timestamp()) + LIFE_SECONDS
        terms = f"{PARTS}.{self._difficulty(tries)}.{expiry}.{secrets.token_hex(16)}"
        return f"{terms}.{self._seal(subject, terms)}"

    def verify(self, subject: str, tries: int, answer: str, now: datetime) -> str | None:
        """The name of the challenge that was solved, to be kept; None when it was not."""
        found = _ANSWER.fullmatch(answer)
        if found is None or int(found["expiry"]) < now.timestamp():
            return None
        if not hmac.compare_digest(found["seal"], self._seal(subject, found["terms"])):
            return None
        if int(found["bits"]) < self._difficulty(tries):
            return None
        numbers = found["numbers"].split("-")
        solved = len(numbers) == int(found["parts"]) and all(
            fits(found["seal"], part, int(number), int(found["bits"]))
            for part, number in enumerate(numbers)
        )
        return found["id"] if solved else None

    def _difficulty(self, tries: int) -> int:
        return self._bits + min(tries, STEPS)

    def _seal(self, subject: str, terms: str) -> str:
        message = f"{terms}|{subject}".encode()
        return hmac.new(self._key, message, sha256).hexdigest()[:32]


def puzzle_bits(text: str) -> int:
    """A setting: how many bits a part begins with. Raises ValueError."""
    bits = int(text)
    if not 1 <= bits <= MOST_BITS:
        raise ValueError(f"a whole number from 1 to {MOST_BITS}")
    return bits


def fits(seal: str, part: int, number: int, bits: int) -> bool:
    """Whether `number` solves this part."""
    digest = sha256(f"{seal}.{part}.{number}".encode()).digest()
    return int.from_bytes(digest[:8]) >> (64 - bits) == 0

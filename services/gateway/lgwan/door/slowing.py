"""How wrong passwords slow down who tries them, and never shut a person out.

An account in a browser waits for its own wrong tries alone, so no stranger can make anybody wait
there. Tries in browsers that are new to an account, and from an address where nobody signed in this
week, are answered up to two seconds later; they are never refused for what others did.
"""

from dataclasses import dataclass
from datetime import timedelta

from .staff import digest

FREE_TRIES = 5
LONGEST_WAIT = 60.0
"""Seconds between two tries of one browser."""
UNHURRIED_TRIES = 20
"""Within COUNTED_FOR, of all strangers to an account or of an address."""
BRAKE_SECONDS = 2.0
COUNTED_FOR = timedelta(hours=1)
ADDRESS_FAMILIAR_FOR = timedelta(days=7)
BROWSER_FAMILIAR_FOR = timedelta(days=400)


@dataclass(frozen=True)
class SignInCaller:
    """Who tries to sign in, as far as the door can tell. `browser` is a random text of its own."""

    staff_id: str
    browser: str
    address: str

    @property
    def staff_key(self) -> str:
        return digest(f"staff|{self.staff_id}")

    @property
    def browser_key(self) -> str:
        return digest(f"browser|{self.staff_id}|{self.browser}")

    @property
    def strangers_key(self) -> str:
        """All browsers that are new to the account, together."""
        return digest(f"strangers|{self.staff_id}")

    @property
    def address_key(self) -> str:
        return digest(f"address|{self.address}")


@dataclass(frozen=True)
class TriedSignIn:
    """What is known when a try begins: the seconds to `wait` before the next one, for this browser,
    and the tries of others that may put a `brake` on it."""

    wait: float
    strangers: int
    at_address: int
    browser_familiar: bool
    address_familiar: bool

    @property
    def brake(self) -> float:
        """Seconds by which the answer comes later."""
        crowd = not self.browser_familiar and self.strangers > UNHURRIED_TRIES
        place = not self.address_familiar and self.at_address > UNHURRIED_TRIES
        return BRAKE_SECONDS if crowd or place else 0.0

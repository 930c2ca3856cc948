"""Where a terminal stands: at a window of an office, or at its reception, which has no window.

Terminals are shared, so the browser keeps it, whoever is signed in. It grants nothing: the owner of
bookings decides who may call, and to which window."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from .auth import session_of
from .context import door_of

COOKIE = "terminal"
KEPT_SECONDS = 365 * 24 * 60 * 60
WINDOWS = 99
RECEPTION = "受付（窓口なし）"


@dataclass(frozen=True)
class Terminal:
    """`window` is None at a reception."""

    office_id: str
    window: int | None

    @property
    def text(self) -> str:
        return window_text(self.window) if self.window else RECEPTION

    @property
    def value(self) -> str:
        """As the cookie keeps it."""
        return f"{self.office_id}.{self.window or 0}"

    def window_at(self, office_id: str) -> int | None:
        """The window of this terminal where that office calls; none at a reception or elsewhere."""
        return self.window if self.office_id == office_id else None


def window_text(window: int) -> str:
    return f"{window}番窓口"


def read_window(text: str) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else 0
    return number if 1 <= number <= WINDOWS else None


def terminal_of(request: Request) -> Terminal | None:
    """None where nothing was chosen, or an office at which whoever is signed in does not tick."""
    office_id, _, window = door_of(request).cookies.read(request, COOKIE).rpartition(".")
    if not office_id or not session_of(request).staff.may_at("bookings.tick", office_id):
        return None
    return Terminal(office_id, read_window(window))


def keep_terminal(request: Request, reply: Response, terminal: Terminal) -> None:
    door_of(request).cookies.write(reply, COOKIE, terminal.value, seconds=KEPT_SECONDS)

"""How much mail citizens may cause at an address where nobody has opened any.

Whoever books invented people can give a stranger's address. No mail is held back: what waits is
what would cause it. Who comes with a card is known to exist and causes mail freely.
"""

from dataclasses import dataclass

FREE_BOOKINGS = 6
"""Standing bookings by name of one address: a large family."""
FREE_MAILS = 8
"""Mails a day about bookings by name that citizens cause: six confirmations and two more.
Cancelling is counted and always open; one reminder a booking comes besides."""


@dataclass(frozen=True)
class Mailbox:
    """What an address has of bookings by name. `opened`: somebody used the link of a mail there."""

    opened: bool
    bookings: int
    mails: int


def may_mail(box: Mailbox, bookings: int = 0) -> bool:
    """Whether so many more bookings may have this address, or with none one more mail be caused."""
    few = box.bookings + bookings <= FREE_BOOKINGS
    return box.opened or (few and box.mails + max(bookings, 1) <= FREE_MAILS)

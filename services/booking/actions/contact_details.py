"""How a citizen can be reached: read, checked against what the city asks for, sealed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from libs.common.errors import Malformed
from libs.contracts.booking import Procedure
from libs.contracts.notify import NotMailable, mailbox
from services.booking.domain.visitors import check_given

from .desk import BookingContext

_PHONE = re.compile(r"0[0-9]{9,10}")


@dataclass(frozen=True)
class SealedContact:
    """E-mail address and phone number, both sealed; None where not given."""

    contact: str | None
    phone: str | None

    @property
    def given(self) -> frozenset[str]:
        """The names of what is there, as requests call it."""
        there = {"email": self.contact, "phone": self.phone}
        return frozenset(name for name, sealed in there.items() if sealed)


NOTHING_KEPT = SealedContact(None, None)


def read_contact(
    desk: BookingContext, procedures: Sequence[Procedure], email: str | None, phone: str | None,
    kept: SealedContact = NOTHING_KEPT,
) -> SealedContact:  # fmt: skip
    """What is given anew, over what is `kept`. Raises Malformed, also for what must be given and
    for what nobody asks for."""
    check_given(procedures, email, phone, kept.given)
    return seal_contact(desk, email, phone, kept)


def seal_contact(
    desk: BookingContext, email: str | None, phone: str | None, kept: SealedContact = NOTHING_KEPT
) -> SealedContact:
    """The same, whatever the city asks citizens for. Raises Malformed."""
    if email:
        _check_email(email)
    if phone and not _PHONE.fullmatch(phone):
        raise Malformed("This is not a phone number in Japan.", fields=["phone"])
    return SealedContact(
        contact=desk.contacts.seal(email) if email else kept.contact,
        phone=desk.contacts.seal(phone) if phone else kept.phone,
    )


def _check_email(address: str) -> None:
    """Notify has to be able to write to it. Raises Malformed."""
    try:
        mailbox(address)
    except NotMailable as reason:
        raise Malformed(f"This is not an e-mail address: {reason}.", fields=["email"]) from None

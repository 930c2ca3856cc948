"""What became of each mail: for staff, and as facts."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from libs.common.facts import Contract, Fact

MailKind = Literal[
    "confirmed",
    "changed",
    "updated",
    "cancelled",
    "reminder",
    "displaced",
    "unplaced",
    "restored",
    "stopped",
    "resumed",
    "former",
]
"""What a mail says: the booking was made, got another time, another contact, was cancelled, is
tomorrow; lost its time to a change of the city's, with another one held for it or without; has its
time again; was met by an outage of the national system, or is not any more. 'former' goes to the
address that the citizen replaced and says that alone."""

ToldKind = Literal["confirmed", "changed", "cancelled"]
"""The kinds that facts know: 'changed' is also said of a mail about another contact, or about a
time that the city took away or gave back; of a reminder they say nothing,
nor of a mail to an address that was replaced."""

DeliveryState = Literal["waiting", "sent", "failed"]


class Delivery(Contract):
    """`unwritable`: it waits because its office or procedure has not come in yet."""

    kind: MailKind
    version: int
    state: DeliveryState
    attempts: int
    last_reply: str | None
    at: AwareDatetime
    unwritable: bool = False


class DeliveryList(Contract):
    """GET /v1/deliveries/{booking_id} (LGWAN door): the mails of one booking, oldest first."""

    deliveries: tuple[Delivery, ...]


class MailDelivered(Fact):
    """The mail server took the mail of this booking version."""

    name: ClassVar[str] = "notify.delivered.v1"
    booking_id: UUID
    version: int
    kind: ToldKind
    office_id: str
    at: AwareDatetime


class MailFailed(Fact):
    """The mail will not arrive: refused for good, or out of tries."""

    name: ClassVar[str] = "notify.failed.v1"
    booking_id: UUID
    version: int
    kind: ToldKind
    office_id: str
    reason: str
    at: AwareDatetime


class MailedBooking(Contract):
    """A booking, in the version that a mail spoke of."""

    booking_id: UUID
    version: int


class ReminderFailed(Fact):
    """Nobody was reminded of this visit, and it is late for a mail: somebody has to call. `others`
    are those of the family whom the same mail was to remind."""

    name: ClassVar[str] = "notify.unreminded.v1"
    booking_id: UUID
    version: int
    office_id: str
    reason: str
    at: AwareDatetime
    others: tuple[MailedBooking, ...] = ()

"""By phone or at the counter: where the form of a booking for others goes, and how it books."""

from dataclasses import dataclass

from libs.contracts.booking import StaffChannel


@dataclass(frozen=True)
class Mode:
    """By phone, or for somebody who is here: where the form goes, and how it books."""

    path: str
    title: str
    channel: StaffChannel

    @property
    def is_counter(self) -> bool:
        return self.channel == "counter"


PHONE = Mode("/phone", "電話予約", "phone")
WALK_IN = Mode("/walk-in", "窓口受付", "counter")

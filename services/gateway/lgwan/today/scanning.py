"""What comes out of a reader or off a keyboard at the counter: a number, its end, a 受付番号."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from libs.rules.folding import fold
from services.gateway.web.typed import Mistyped, read_booking_number

from .dayrows import DayRow, DayRows

_LOOKALIKES = str.maketrans("OIL", "011")
_ENDING = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}")
_RECEPTION = re.compile(r"[0-9]{1,3}")


@dataclass(frozen=True)
class Scanned:
    """One of the three is not empty: `number` is without its hyphen, `ending` its last four."""

    number: str = ""
    ending: str = ""
    reception: int = 0

    def fits(self, row: DayRow) -> bool:
        number = row.row.booking.number
        if self.reception:
            return row.stamps.reception == self.reception
        return number.endswith(self.ending) if self.ending else number == self.number


def read_scan(typed: str) -> Scanned | None:
    """None for anything else."""
    code = fold(typed).rpartition(":")[2].upper().replace("-", "")
    reception = code.removesuffix("番")
    if _RECEPTION.fullmatch(reception) and int(reception):
        return Scanned(reception=int(reception))
    ending = code.translate(_LOOKALIKES)
    if _ENDING.fullmatch(ending):
        return Scanned(ending=ending)
    try:
        return Scanned(number=read_booking_number(typed).replace("-", ""))
    except Mistyped:
        return None


def found_in(day: DayRows, scanned: Scanned) -> Iterator[DayRow]:
    for slot in day.slots:
        yield from (row for row in slot.rows if scanned.fits(row))

"""Where a text of the city's own holds, and which one is the nearest for a mail."""

from collections.abc import Container
from typing import NamedTuple

from libs.contracts.booking import Language
from libs.contracts.notify import MailKind


class Place(NamedTuple):
    """An empty procedure or office means all of them."""

    kind: MailKind
    language: Language
    procedure_id: str = ""
    office_id: str = ""

    @property
    def wider(self) -> tuple["Place", ...]:
        """Those whose text holds here where this place has none, nearest first."""
        by_procedure = self._replace(office_id="")
        by_office, everywhere = self._replace(procedure_id=""), Place(self.kind, self.language)
        found = dict.fromkeys((by_procedure, by_office, everywhere))
        return tuple(place for place in found if place != self)


def nearest(own: Container[Place], places: tuple[Place, ...]) -> Place | None:
    """The first of `places` with a text of its own; None leaves the supplied text."""
    return next((place for place in places if place in own), None)

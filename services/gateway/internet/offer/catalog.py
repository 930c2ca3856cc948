"""Offices and procedures as booking last published them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

from libs.contracts.booking import (
    Catalog,
    Language,
    Office,
    OfficePublished,
    Procedure,
    ProcedurePublished,
)
from services.gateway.web.language import JAPANESE, Voice, speaking
from services.gateway.web.localised import office_in, procedure_in
from services.gateway.web.times import now

from .offered import Offered, offered_at
from .parties import Party

_NEVER_LOOKED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class _Shown:
    """The catalog in one language, as of a revision."""

    revision: int
    offices: dict[str, Office]
    procedures: dict[str, Procedure]


class CatalogView:
    """The newest version of each, with its words in the language of the answer. As on the board, of
    two facts the newer version wins, and a snapshot wins over all that was known before it.

    What is hidden is in no list and has no times; by its id it is found, because bookings have it.
    """

    def __init__(self, clock: Callable[[], datetime] = now) -> None:
        self._clock = clock
        self._offices: dict[str, Office] = {}
        self._procedures: dict[str, Procedure] = {}
        self._shown: dict[Language, _Shown] = {}
        self._revision = 0
        self._offered: Offered = {}
        self._offered_until = _NEVER_LOOKED
        self._meanwhile: list[Office | Procedure] | None = None

    @property
    def revision(self) -> int:
        """Rises with every change, and when time makes something offered or not offered any more;
        0 means nothing loaded."""
        if self._revision:
            self._look_again()
        return self._revision

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Around the request for everything and its `load`: what facts say meanwhile is kept, since
        the answer may have been read before them."""
        self._meanwhile = []
        try:
            yield
        finally:
            self._meanwhile = None

    def load(self, catalog: Catalog) -> None:
        """Everything booking has now, whatever versions were known; what it does not have any more
        is gone. Facts that came in since it was asked for may be newer."""
        before = (self._offices, self._procedures)
        self._offices = {office.office_id: _without_times(office) for office in catalog.offices}
        self._procedures = {p.procedure_id: _paused(p) for p in catalog.procedures}
        for published in self._meanwhile or ():
            self._put(published)
        if (self._offices, self._procedures) != before or not self._revision:
            self._changed()

    def office_published(self, fact: OfficePublished) -> None:
        self._take(fact.office)

    def procedure_published(self, fact: ProcedurePublished) -> None:
        self._take(fact.procedure)

    def _take(self, published: Office | Procedure) -> None:
        if self._meanwhile is not None:
            self._meanwhile.append(published)
        self._put(published)
        self._changed()

    def _put(self, published: Office | Procedure) -> None:
        """Take over what a fact says, unless something newer is known."""
        if isinstance(published, Office):
            office = self._offices.get(published.office_id)
            if office is None or office.version <= published.version:
                self._offices[published.office_id] = _without_times(published)
            return
        procedure = self._procedures.get(published.procedure_id)
        if procedure is None or procedure.version <= published.version:
            self._procedures[published.procedure_id] = _paused(published)

    def office(self, office_id: str) -> Office | None:
        return self._in_language().offices.get(office_id)

    def address(self, office_id: str, day: date) -> str:
        """Where the office is on that day, in Japanese: as a map finds it. Empty where unknown."""
        office = self._offices.get(office_id)
        return office.on(day).address if office else ""

    def procedure(self, procedure_id: str) -> Procedure | None:
        return self._in_language().procedures.get(procedure_id)

    def wished(self, wish: Party) -> dict[str, object]:
        """How a page names what times are looked for: the procedures, and how many people come."""
        found = (self.procedure(procedure_id) for procedure_id in wish.procedure_ids)
        return {"procedures": [p for p in found if p], "people": len(wish.people)}

    def offices(self) -> list[Office]:
        shown = [office for office in self._in_language().offices.values() if not office.hidden]
        return sorted(shown, key=lambda office: office.position)

    def procedures(self) -> list[Procedure]:
        shown = [p for p in self._in_language().procedures.values() if not p.hidden]
        return sorted(shown, key=lambda procedure: procedure.position)

    def offering(self, procedure_id: str) -> list[Office]:
        """The offices that have times for a procedure, by their series as of now."""
        self._look_again()
        found = self._offered.get(procedure_id, frozenset())
        return [office for office in self.offices() if office.office_id in found]

    def offered(self) -> list[Procedure]:
        """The procedures that any office has times for."""
        return [p for p in self.procedures() if self.offering(p.procedure_id)]

    def online(self) -> list[Procedure]:
        """Those of them that can be booked without the telephone."""
        return [procedure for procedure in self.offered() if procedure.online == "open"]

    def _changed(self) -> None:
        self._revision += 1
        self._offered_until = _NEVER_LOOKED

    def _look_again(self) -> None:
        """Asked for every page: as long as nothing can have changed it looks at the clock alone."""
        moment = self._clock()
        if moment < self._offered_until:
            return
        found, until = offered_at(self._offices.values(), self._procedures.values(), moment)
        if found != self._offered:
            self._revision += 1
        self._offered, self._offered_until = found, until

    def _in_language(self) -> _Shown:
        voice = speaking.get()
        shown = self._shown.get(voice.code)
        if shown is None or shown.revision != self.revision:
            shown = self._shown[voice.code] = self._translated(voice)
        return shown

    def _translated(self, voice: Voice) -> _Shown:
        if voice.code == JAPANESE.code:
            return _Shown(self.revision, self._offices, self._procedures)
        return _Shown(
            self.revision,
            {key: office_in(voice, office) for key, office in self._offices.items()},
            {key: procedure_in(voice, p) for key, p in self._procedures.items()},
        )


def _without_times(office: Office) -> Office:
    """An office that is hidden offers nothing."""
    return office.model_copy(update={"series": ()}) if office.hidden else office


def _paused(procedure: Procedure) -> Procedure:
    """A procedure that is hidden is offered to nobody."""
    return procedure.model_copy(update={"online": "paused"}) if procedure.hidden else procedure

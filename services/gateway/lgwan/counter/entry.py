"""The one form of a booking for others: what was typed so far, of one person or of several."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Self, get_args
from uuid import UUID, uuid4

from starlette.requests import Request

from libs.contracts.booking import Arrangement, Language
from libs.contracts.times import find_day, parse_moment
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.web.emails import read_email
from services.gateway.web.forms import Form, read_form
from services.gateway.web.reading import Errors, Reading
from services.gateway.web.typed import read_phone

from .person import TypedPerson, as_read, one_of, read_who

MOST_PEOPLE = 4
"""As many as the city's settings can allow at most."""
_MOST_FIELDS = 40 * MOST_PEOPLE


@dataclass(frozen=True)
class Entry:
    """`form` names the form to booking, which keeps times for it; `held` is the first of them, as
    the page showed it. `people` has one entry or more. `first` is the first day of the strip, `day`
    the one whose times are shown."""

    form: UUID = field(default_factory=uuid4)
    people: tuple[TypedPerson, ...] = (TypedPerson(),)
    office_id: str = ""
    first: date | None = None
    day: date | None = None
    held: datetime | None = None
    arrangement: Arrangement = "together"
    language: Language = "ja"
    phone: str = ""
    email: str = ""
    arrived: bool = False

    def change(self, **values: Any) -> Self:
        return replace(self, **values)

    @property
    def who(self) -> TypedPerson:
        """The first person, who may be the only one."""
        return self.people[0]

    @property
    def wishes(self) -> tuple[tuple[str, ...], ...]:
        """The procedures of each person, the leading one first."""
        return tuple(who.procedure_ids for who in self.people)

    @property
    def comes_in_turn(self) -> bool:
        """Whether a guardian of several is among them, who cannot be at two windows at once."""
        return [who.visitor for who in self.people].count("guardian") > 1

    @property
    def lies(self) -> Arrangement:
        """How the visits lie to each other, whatever was chosen before."""
        return "in_turn" if self.comes_in_turn else self.arrangement

    @property
    def is_party(self) -> bool:
        return len(self.people) > 1


def prefix_of(person: int) -> str:
    """What the names of a person's fields begin with; 0 is the first."""
    return f"p{person + 1}-" if person else ""


async def read_people_form(request: Request) -> Form:
    """The form of a POST, which may be about several people. Raises TooLarge and Malformed."""
    return await read_form(request, most=_MOST_FIELDS)


def read_entry(
    form: Form, catalog: CatalogIndex, offices: frozenset[str], today: date
) -> tuple[Entry, Errors]:
    """What was sent, with a sentence for each field that cannot be read; blanks are no mistake yet.

    Offices that the member of staff does not serve, and ids that do not exist, are left out.
    """
    reading = Reading(form)
    people, errors = _people(form, catalog, today)
    office = form.get("office")
    entry = Entry(
        form=_uuid(form.get("form")),
        people=people,
        office_id=office if office in offices else "",
        first=find_day(form.get("to_first")) or find_day(form.get("first")),
        day=find_day(form.get("to_day")) or find_day(form.get("day")),
        held=read_moment(form.get("held")),
        arrangement=one_of(get_args(Arrangement), form.get("arrangement"), "together"),
        language=one_of(get_args(Language), form.get("language"), "ja"),
        phone=as_read(reading, "phone", read_phone),
        email=as_read(reading, "email", read_email),
        arrived=bool(form.get("arrived")),
    )
    return entry, errors | reading.errors


def read_moment(text: str) -> datetime | None:
    """A start time as the buttons send it; None for anything else."""
    try:
        return parse_moment(text)
    except ValueError:
        return None


def _people(
    form: Form, catalog: CatalogIndex, today: date
) -> tuple[tuple[TypedPerson, ...], Errors]:
    """Everybody of the form, without whom its button takes out; whoever moves up takes along what
    was wrong. Sending the same form again comes to the same."""
    numbers = [str(n) for n in range(1, MOST_PEOPLE + 1)]
    size = int(one_of(tuple(numbers), form.get("people"), "1"))
    found = [read_who(form.part(prefix_of(n)), catalog, today) for n in range(size)]
    gone = form.get("without")
    if size > 1 and gone in numbers[:size]:
        del found[int(gone) - 1]
    errors = {
        prefix_of(n) + name: sentence
        for n, (_, wrong) in enumerate(found)
        for name, sentence in wrong.items()
    }
    return tuple(who for who, _ in found), errors


def _uuid(text: str) -> UUID:
    """Another one where the form's was lost: then nothing is held for it."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()

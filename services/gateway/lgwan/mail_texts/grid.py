"""文面 as tables: procedures × kinds, languages, and where each text is from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

from libs.contracts.booking import Language
from libs.contracts.notify import MailKind, TextPlace
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.words import LANGUAGE

from .letters import ALL_PROCEDURES, series_at, url_of

KINDS: tuple[MailKind, ...] = get_args(MailKind)
LANGUAGES: tuple[Language, ...] = get_args(Language)


def source_words(place: TextPlace, source: TextPlace | None) -> str:
    """Where the text of a place is from."""
    if source is None:
        return "標準の文面"
    if source == place:
        return "市の文面"
    if source.series_id:
        return "枠の文面"
    if source.procedure_id:
        return "手続きの文面"
    return "場所の文面" if source.office_id else "共通の文面"


@dataclass(frozen=True)
class TextCell:
    """One kind of one row. `own` are the languages with a text of exactly this place."""

    url: str
    own: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class TextRow:
    name: str
    cells: tuple[TextCell, ...]


def matrix(
    catalog: CatalogIndex, office_id: str, series_id: str, own: Iterable[TextPlace]
) -> list[TextRow]:
    """Procedures × kinds at one office, in one of its series, or at all. Of a series that is no
    more nobody knows what it was for."""
    known = frozenset(own)
    series = series_at(catalog, office_id).get(series_id)
    names = {"": f"{ALL_PROCEDURES}（共通）"}
    names.update(
        (key, procedure.name)
        for key, procedure in catalog.procedures.items()
        if series is None or key in series.procedure_ids
    )
    at = {"office_id": office_id, "series_id": series_id}
    return [
        TextRow(name, tuple(_cell(kind, {**at, "procedure_id": key}, known) for kind in KINDS))
        for key, name in names.items()
    ]


def _cell(kind: MailKind, where: Mapping[str, str], known: frozenset[TextPlace]) -> TextCell:
    here = [TextPlace(kind=kind, language=code, **where) for code in LANGUAGES]
    own = tuple(LANGUAGE[place.language] for place in here if place in known)
    words = "市の文面" if own else wider_words(here[0], known)
    return TextCell(url_of(here[0]), own, words)


def wider_words(place: TextPlace, own: Iterable[TextPlace]) -> str:
    """What holds in a place without a text of its own."""
    return source_words(place, place.nearest(frozenset(own) - {place}))


@dataclass(frozen=True)
class Tab:
    """A language of a text. `own` says whether the city has a text of its own in it."""

    name: str
    url: str
    own: bool
    current: bool


def tabs_of(place: TextPlace, own: Iterable[TextPlace]) -> list[Tab]:
    known = frozenset(own)
    places = [place.model_copy(update={"language": code}) for code in LANGUAGES]
    return [Tab(LANGUAGE[one.language], url_of(one), one in known, one == place) for one in places]


def supplied_languages(place: TextPlace, own: Iterable[TextPlace]) -> list[str]:
    """Those in which the mails of a place still say what was supplied."""
    known = frozenset(own)
    places = (place.model_copy(update={"language": code}) for code in LANGUAGES)
    return [LANGUAGE[p.language] for p in places if not p.nearest(known)]

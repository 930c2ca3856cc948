"""What is not published yet, or over, is not offered; the moment it is, pages show it by itself."""

from datetime import date

from libs.contracts.booking import OfficePublished, Series
from services.gateway.internet.tests.citizen import Citizen
from services.gateway.internet.tests.city import (
    PIN_SERIES,
    Clock,
    at,
    loaded_catalog,
    office,
    series,
)
from services.gateway.internet.tests.world import World

LANDING, LIST, TABLE = "/", "/availability", "/availability/issuance"


def publish(world: World, office_id: str, *lines: Series, version: int = 2) -> None:
    told = OfficePublished(office=office(office_id, *lines, version=version))
    world.catalog.office_published(told)


def named(citizen: Citizen, path: str) -> tuple[bool, bool]:
    """Whether the page names the main office, and the branch."""
    text = citizen.open(path).page.text
    return "本庁舎1階市民課" in text, "鶴崎支所" in text


def test_an_office_is_named_from_the_moment_of_publication_on(
    citizen: Citizen, world: World
) -> None:
    publish(world, "honcho", series(published_from=at(1, 9)), PIN_SERIES)
    assert named(citizen, TABLE) == (False, True)
    world.clock.time = at(1, 9)
    assert named(citizen, TABLE) == (True, True)


def test_a_procedure_is_in_the_list_while_an_office_has_times_for_it(
    citizen: Citizen, world: World
) -> None:
    later = series(published_from=at(1, 9))
    for office_id in ("honcho", "tsurusaki"):
        publish(world, office_id, later, PIN_SERIES)
    assert TABLE not in links(citizen)
    assert not citizen.open(LANDING).sees("マイナンバーカードの交付")
    world.clock.time = at(1, 9)
    assert TABLE in links(citizen)


def links(citizen: Citizen) -> list[str | None]:
    return [link.get("href") for link in citizen.open(LIST).page.one("main").iter("a")]


def test_a_series_that_is_over_for_citizens_is_gone_at_midnight(
    citizen: Citizen, world: World
) -> None:
    """Cards are booked up to the day before: on its last day nobody can book it any more."""
    publish(world, "honcho", series(valid_until=date(2026, 12, 2)), PIN_SERIES)
    world.clock.time = at(1, 23, 59)
    assert named(citizen, TABLE) == (True, True)
    world.clock.time = at(2, 0)
    assert named(citizen, TABLE) == (False, True)


def test_a_series_that_begins_later_is_offered_once_its_first_day_can_be_booked() -> None:
    clock = Clock()
    honcho = office("honcho", series(valid_from=date(2027, 1, 16)))
    catalog = loaded_catalog(clock, offices=(honcho,))
    assert catalog.offering("issuance") == []
    clock.time = at(2, 0)
    assert catalog.offering("issuance") == [honcho]


def test_windows_for_staff_alone_offer_citizens_nothing() -> None:
    honcho = office("honcho", series(windows=(), staff_windows=(1,)))
    assert loaded_catalog(offices=(honcho,)).offered() == []


def test_time_alone_changes_the_revision_only_when_something_is_offered_differently() -> None:
    clock = Clock()
    later = series(series_id="s9", procedure_ids=("cert",), published_from=at(3, 9))
    catalog = loaded_catalog(clock, offices=(office("honcho", series(), later),))
    before = catalog.revision
    for clock.time in (at(1, 12), at(2, 0), at(3, 8, 59)):
        assert catalog.revision == before
    clock.time = at(3, 9)
    assert catalog.revision == before + 1
    assert catalog.revision == before + 1

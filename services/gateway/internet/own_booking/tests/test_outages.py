"""全国システム障害 at the citizens' door: what everybody reads, and the new time of those met."""

from datetime import date

import pytest

from libs.contracts.booking import OfficeOutage, OfficePublished
from services.gateway.internet.offer.availability import Availability
from services.gateway.internet.offer.parties import Party
from services.gateway.internet.tests.citizen import Citizen
from services.gateway.internet.tests.city import at, office
from services.gateway.internet.tests.world import World

from .test_own_booking import book, find

STOPPED = "全国のシステムに障害が起きているため"
TODAY = date(2026, 11, 29)


def stop(world: World, *procedures: str, last_day: date = TODAY, version: int = 2) -> None:
    outages = (OfficeOutage(procedure_ids=procedures, since=at(1, 9), last_day=last_day),)
    there = office(version=version).model_copy(update={"outages": outages if procedures else ()})
    world.catalog.office_published(OfficePublished(office=there))


def met(citizen: Citizen, world: World) -> Citizen:
    book(citizen)
    _, booking = world.booking.bookings["8K2M47QX3P"]
    world.booking.put(
        booking, rebooks=True, can_change=True, can_cancel=False, status="finished",
        starts_at=at(1, 9),
    )  # fmt: skip
    return find(citizen)


@pytest.mark.parametrize("path", ["/", "/availability/issuance", "/find", "/help"])
def test_everybody_reads_on_each_page_what_has_stopped_and_that_it_is_over(
    citizen: Citizen, world: World, path: str
) -> None:
    citizen.open(path)
    assert not citizen.sees(STOPPED)
    stop(world, "issuance")
    citizen.open(path)
    assert STOPPED in citizen.page.text
    assert "マイナンバーカードの交付（本庁舎" in citizen.page.text
    stop(world, version=3)
    citizen.open(path)
    assert STOPPED not in citizen.page.text


def test_nothing_is_free_where_it_has_stopped_but_for_what_goes_on(world: World) -> None:
    available, now = Availability(world.catalog, world.board), world.clock.time
    for wish in ("issuance", "pin"):
        assert available.day("honcho", wish, date(2026, 12, 2), now).places
    stop(world, "issuance")
    assert not available.day("honcho", "issuance", date(2026, 12, 2), now).places
    assert available.day("honcho", "pin", date(2026, 12, 2), now).places
    rebooking = Party((("issuance",),), rebooks=True)
    assert available.day("honcho", rebooking, date(2026, 12, 2), now).places
    stop(world, "issuance", last_day=date(2026, 12, 2), version=3)
    assert not available.day("honcho", rebooking, date(2026, 12, 2), now).places


def test_whom_it_met_is_told_and_chooses_another_time_before_any_deadline(
    citizen: Citizen, world: World
) -> None:
    met(citizen, world)
    assert citizen.sees("この日時には手続きができません")
    assert citizen.sees("締切に関係なく、1回、別の日時をお選びいただけます")
    assert citizen.sees("システム障害のため、手続きができませんでした")
    citizen.follow("days")
    citizen.follow("day/2026-12-03")
    citizen.send("../time", {"start": "2026-12-03T10:00"})
    assert citizen.sees("この日時に変更しますか")
    citizen.send("change")
    assert citizen.sees("予約日時を変更しました")
    assert world.booking.bookings["8K2M47QX3P"][1].starts_at == at(3, 10)

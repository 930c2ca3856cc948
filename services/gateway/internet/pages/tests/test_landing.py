"""The entrance: what can be booked and when first, when the telephone is answered, and what it says
when nothing can be booked."""

from datetime import date, time

import pytest

from libs.contracts.booking import Closure, OfficePublished
from services.gateway.internet.door.settings import phone_times
from services.gateway.internet.tests.citizen import Citizen
from services.gateway.internet.tests.city import PIN, at, catalog, office, procedure, taken
from services.gateway.internet.tests.world import World


def fill_everything(world: World) -> None:
    for office_id in ("honcho", "tsurusaki"):
        for day in range(2, 32):
            for window in (1, 2):
                world.board.apply(taken(at(day, 9), window=window, cells=36, office_id=office_id))
    world.catalog.load(
        catalog(
            procedures=(
                procedure(opens_days_before=30, version=2),
                PIN.model_copy(update={"opens_days_before": 30, "version": 2}),
            )
        )
    )


def test_the_entrance_is_the_choice_with_the_time_needed_and_the_first_free_day(
    citizen: Citizen, world: World
) -> None:
    for office_id in ("honcho", "tsurusaki"):
        for window in (1, 2):
            world.board.apply(taken(at(2, 9), window=window, cells=36, office_id=office_id))
    citizen.open("/")
    assert citizen.page.heading == "どの手続きを予約しますか"
    assert citizen.sees("約15分")
    assert citizen.sees("空きは、カードの場所により異なります")
    assert citizen.sees("空き 12月3日（木）から")
    citizen.follow("/book?procedure=pin")
    assert citizen.path.endswith("/office")


def test_a_change_shows_at_once_and_the_page_is_known_by_its_etag(
    citizen: Citizen, world: World
) -> None:
    for window in (1, 2):
        world.board.apply(taken(at(2, 9), window=window, cells=36, office_id="tsurusaki"))
    first = citizen.client.get("/")
    assert "set-cookie" not in first.headers
    known = {"If-None-Match": first.headers["etag"]}
    assert citizen.client.get("/", headers=known).status_code == 304
    world.board.apply(taken(at(2, 9), cells=36))
    assert citizen.client.get("/", headers=known).status_code == 304
    world.board.apply(taken(at(2, 9), cells=36, window=2))
    assert citizen.client.get("/", headers=known).status_code == 200


def test_when_every_place_is_taken_the_entrance_says_so_and_what_helps(
    citizen: Citizen, world: World
) -> None:
    fill_everything(world)
    citizen.open("/")
    assert citizen.sees("いまは、どの場所にも空きがありません")
    assert citizen.page.all("a", href="/book?procedure=pin")
    world.board.apply(taken(at(9, 9), version=3, until=0.0))
    assert not citizen.open("/").sees("いまは、どの場所にも空きがありません")


def test_when_nothing_is_booked_online_only_the_ways_that_work_are_shown(
    citizen: Citizen, world: World
) -> None:
    world.catalog.load(
        catalog(
            procedures=(
                procedure(online="paused", version=2),
                PIN.model_copy(update={"online": "phone", "version": 2}),
            )
        )
    )
    citizen.open("/")
    assert citizen.sees("ただいま、この画面からの予約は受け付けていません")
    assert "/book?" not in citizen.html
    assert citizen.sees("いまは受け付けていません")
    assert citizen.sees("お電話で受け付けます")
    assert citizen.page.all("a", href="/find")


def test_a_paused_procedure_stays_in_sight_and_leads_nowhere(
    citizen: Citizen, world: World
) -> None:
    world.catalog.load(catalog(procedures=(procedure(online="paused", version=2), PIN)))
    citizen.open("/")
    assert citizen.page.all("a", href="/book?procedure=pin")
    assert not citizen.page.all("a", href="/book?procedure=issuance")
    assert citizen.sees("はがきが届いたので、カードを受け取る")


def test_the_telephone_says_whether_somebody_answers_and_from_when_on(
    citizen: Citizen, world: World
) -> None:
    closed = Closure(day=date(2026, 12, 3), reason="祝日")
    world.catalog.office_published(OfficePublished(office=office(version=2, closures=(closed,))))
    said = {
        (1, 8): "ただいま受付時間外",
        (1, 9): "ただいま受付中",
        (2, 18): "次は 12月4日（金） 8:30からです。",
        (4, 18): "次は 12月7日（月） 8:30からです。",
    }
    for (day, hour), words in said.items():
        world.clock.time = at(day, hour)
        assert citizen.open("/").sees(words)
        assert citizen.open("/help").sees(words)


@pytest.mark.parametrize("text", ["8:30", "17:15-8:30", "8-17", "25:00-26:00", "x"])
def test_hours_of_the_telephone_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        phone_times(text)


def test_hours_of_the_telephone_are_read_as_the_city_writes_them() -> None:
    assert phone_times("8:30-17:15") == (time(8, 30), time(17, 15))
    assert phone_times("none") is None

"""The entrance: the earliest day of each office, and what it says when nothing can be booked."""

from services.gateway.internet.tests.citizen import Citizen
from services.gateway.internet.tests.city import PIN, at, catalog, procedure, taken
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


def test_the_entrance_names_the_first_free_day_of_each_office(
    citizen: Citizen, world: World
) -> None:
    for window in (1, 2):
        world.board.apply(taken(at(2, 9), window=window, cells=36))
    citizen.open("/")
    assert "本庁舎1階市民課 2026年12月3日（木）" in citizen.page.text
    assert "鶴崎支所 2026年12月2日（水）" in citizen.page.text
    citizen.follow("/availability/issuance/honcho/2026-12")
    assert citizen.status == 200


def test_a_change_shows_at_once_and_the_page_is_known_by_its_etag(
    citizen: Citizen, world: World
) -> None:
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
    assert citizen.page.all("a", href="/book")
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
    assert not citizen.page.all("a", href="/book")
    assert citizen.page.all("a", href="/find")


def test_a_paused_procedure_leaves_the_front_to_the_next(citizen: Citizen, world: World) -> None:
    world.catalog.load(catalog(procedures=(procedure(online="paused", version=2), PIN)))
    citizen.open("/")
    assert citizen.sees(PIN.plain)
    assert citizen.page.all("a", href="/availability/pin")

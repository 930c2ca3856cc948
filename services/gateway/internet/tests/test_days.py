"""The day from memory: up to date, personal in its form only, kept by no browser."""

from .citizen import Citizen, identify
from .city import at, taken
from .conftest import World


def reach_day(citizen: Citizen) -> Citizen:
    return identify(citizen).send("visitor", {"visitor": "self"}).follow("../../day/2026-12-02")


def test_each_visit_has_its_own_key_and_the_rest_is_the_same(citizen: Citizen) -> None:
    reach_day(citizen)
    first, key = citizen.html, citizen.page.field("key")
    citizen.open(citizen.path)
    assert citizen.page.field("key") != key
    assert citizen.html.replace(citizen.page.field("key"), key) == first
    reply = citizen.client.get(citizen.path)
    assert reply.headers["cache-control"] == "no-store"
    assert "etag" not in reply.headers


def test_a_taken_time_is_gone_and_a_hold_that_ends_gives_it_back(
    citizen: Citizen, world: World
) -> None:
    reach_day(citizen)
    until = world.clock.time.timestamp() + 600
    for window in (1, 2):
        world.board.apply(taken(at(2, 9), window=window, until=until))
    citizen.open(citizen.path)
    assert not citizen.page.all("button", value="2026-12-02T09:00")
    world.clock.pass_minutes(11)
    citizen.open(citizen.path)
    assert citizen.page.all("button", value="2026-12-02T09:00")


def test_two_offices_and_two_procedures_do_not_share_a_page(citizen: Citizen) -> None:
    reach_day(citizen)
    assert citizen.sees("マイナンバーカードの交付")
    citizen.open("/book").send("/book", {"procedure": "pin"})
    citizen.send("office", {"office": "tsurusaki"}).send("visitor", {"visitor": "self"})
    citizen.follow("../../day/2026-12-02")
    assert citizen.sees("鶴崎支所")
    assert citizen.page.all("button", value="2026-12-02T09:15")

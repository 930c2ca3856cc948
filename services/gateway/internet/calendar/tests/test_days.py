"""The day from memory: up to date, personal in its form only, kept by no browser."""

import pytest

from services.gateway.internet.tests.citizen import Citizen, identify
from services.gateway.internet.tests.city import at, taken
from services.gateway.internet.tests.world import World
from services.gateway.web.link import NotBelieved


def reach_day(citizen: Citizen) -> Citizen:
    return identify(citizen).send("visitor", {"visitor": "self"}).follow("../../day/2026-12-02")


def test_each_answer_has_its_own_secrets_and_the_rest_is_the_same(citizen: Citizen) -> None:
    """A token that looked alike twice could be guessed from the sizes of packed answers."""
    reach_day(citizen)
    first, secrets = citizen.html, {name: citizen.page.field(name) for name in ("csrf", "key")}
    citizen.open(citizen.path)
    again = citizen.html
    for name, before in secrets.items():
        assert citizen.page.field(name) != before
        again = again.replace(citizen.page.field(name), before)
    assert again == first
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


@pytest.mark.parametrize("start", ["0001-01-01T00:00", "9999-12-31T23:59", "2026-13-01T09:00"])
def test_a_time_that_no_page_offers_gets_a_sentence(citizen: Citizen, start: str) -> None:
    reach_day(citizen)
    citizen.send("../time", {"start": start})
    assert citizen.status == 400
    assert citizen.sees("送られた内容を読み取れませんでした")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_the_calendar_has_no_page(citizen: Citizen, day: str) -> None:
    reach_day(citizen)
    base = citizen.path.rpartition("day/")[0]
    for path in (
        f"{base}day/{day}",
        f"{base}week/{day}",
        f"{base}month/issuance/honcho?m={day[:7]}",
    ):
        assert citizen.client.get(path).status_code < 500, path
    assert citizen.client.get(f"/availability/issuance?from={day}").status_code < 500


def test_a_door_that_no_service_believes_does_not_ask_to_try_again(
    citizen: Citizen, world: World
) -> None:
    async def refuse(*_: object) -> None:
        raise NotBelieved

    reach_day(citizen)
    vars(world.booking)["hold"] = refuse
    citizen.send("../time", {"start": "2026-12-02T09:00"})
    assert citizen.status == 503
    assert citizen.sees("予約の受付を止めています")
    assert not citizen.sees("少し待ってから")

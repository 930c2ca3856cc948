"""Several procedures of one person in one visit, and another procedure instead."""

from libs.contracts.booking import ProcedurePublished
from services.gateway.internet.tests.citizen import Citizen, birth, identify, reach_check
from services.gateway.internet.tests.city import CERT, PIN, procedure
from services.gateway.internet.tests.world import World


def begin_pin(citizen: Citizen) -> Citizen:
    citizen.open("/book").send("/book", {"procedure": "pin"})
    return citizen.send("office", {"office": "honcho"})


def take(citizen: Citizen, start: str = "2026-12-02T09:00") -> Citizen:
    citizen.send("visitor", {"visitor": "self"})
    assert citizen.path.endswith("/days")
    return citizen.follow(f"day/{start[:10]}").send("../time", {"start": start})


def test_two_procedures_are_one_visit_with_the_sum_of_their_minutes(
    citizen: Citizen, world: World
) -> None:
    begin_pin(citizen).follow("also").send("also", {"also": "cert"})
    take(citizen).send("you", birth() | {"kana": "オオイタ ハナコ"})
    assert citizen.sees("暗証番号の再設定・変更・電子証明書の更新")
    citizen.send("confirm")
    assert citizen.sees("予約が完了しました")
    assert citizen.sees("電子証明書の更新")
    assert world.booking.requests[0].also == ("cert",)
    assert len(world.booking.booked) == 1


def test_every_page_with_times_names_all_that_one_comes_for(citizen: Citizen) -> None:
    begin_pin(citizen).follow("also").send("also", {"also": "cert"})
    citizen.send("visitor", {"visitor": "self"})
    draft = citizen.path.removesuffix("/days")
    for page in ("days", "day/2026-12-02", "week/2026-11-30"):
        citizen.open(f"{draft}/{page}")
        assert citizen.sees("選んだ内容 暗証番号の再設定・変更・電子証明書の更新"), page


def test_only_times_with_room_for_the_whole_visit_are_offered(citizen: Citizen) -> None:
    """Until 12:00 a visit of 15 minutes may start at 11:45, one of 30 only at 11:30."""
    begin_pin(citizen).follow("also").send("also", {"also": "cert"})
    citizen.send("visitor", {"visitor": "self"}).follow("day/2026-12-02")
    assert citizen.page.all("button", value="2026-12-02T11:30")
    assert not citizen.page.all("button", value="2026-12-02T11:45")


def test_beside_a_card_another_procedure_asks_for_the_name_and_nothing_more(
    citizen: Citizen, world: World
) -> None:
    identify(citizen).follow("also").send("also", {"also": "pin"})
    take(citizen)
    assert not citizen.page.all("input", name="born-year")
    citizen.send("you", {"kana": ""})
    assert citizen.status == 422
    citizen.send("you", {"kana": "オオイタ ハナコ"}).send("confirm")
    booked = world.booking.booked[0]
    assert booked.procedure_ids == ("issuance", "pin")
    assert booked.ticket
    assert (booked.kana, booked.born) == ("オオイタ ハナコ", None)


def test_what_needs_a_card_or_is_closed_or_of_the_same_kind_is_not_added(
    citizen: Citizen, world: World
) -> None:
    for closed in (PIN.model_copy(update={"online": "paused", "version": 2}),):
        world.catalog.procedure_published(ProcedurePublished(procedure=closed))
    identify(citizen).follow("also")
    assert [e.get("value") for e in citizen.page.all("input", name="also")] == ["cert"]
    same_kind = CERT.model_copy(update={"group": "issuance", "version": 2})
    world.catalog.procedure_published(ProcedurePublished(procedure=same_kind))
    citizen.open(citizen.path)
    assert citizen.sees("一緒に予約できる手続きは、ほかにありません")


def test_two_of_the_same_kind_cannot_be_added_together(citizen: Citizen, world: World) -> None:
    other = CERT.model_copy(update={"group": "pin", "version": 2})
    world.catalog.procedure_published(ProcedurePublished(procedure=other))
    identify(citizen).follow("also")
    form = {"csrf": citizen.page.field("csrf"), "also": ["pin", "cert"]}
    citizen.see(citizen.client.post(citizen.path, data=form))
    assert citizen.status == 422
    assert citizen.sees("どちらか1つを選んでください")


def test_who_may_come_is_what_every_procedure_allows(citizen: Citizen) -> None:
    begin_pin(citizen).follow("also").send("also", {"also": "cert"})
    citizen.send("visitor", {"visitor": "proxy"})
    assert citizen.path.endswith("/inquiry")


def test_adding_a_procedure_at_the_end_asks_for_a_time_again_and_keeps_the_answers(
    citizen: Citizen,
) -> None:
    reach_check(citizen, "taro@example.jp")
    citizen.follow("also").send("also", {"also": "pin"})
    assert citizen.path.endswith("/days")
    citizen.follow("day/2026-12-03").send("../time", {"start": "2026-12-03T09:00"})
    assert citizen.path.endswith("/you")
    assert 'value="taro@example.jp"' in citizen.html
    citizen.send("you", {"kana": "オオイタ ハナコ"})
    assert citizen.path.endswith("/check")
    assert citizen.sees("taro@example.jp")


def test_another_procedure_is_chosen_without_losing_answers(citizen: Citizen, world: World) -> None:
    reach_check(citizen, "taro@example.jp")
    citizen.follow("procedure").send("procedure", {"procedure": "pin"})
    assert "/month/pin/honcho" in citizen.path
    citizen.follow("../../day/2026-12-03").send("../time", {"start": "2026-12-03T09:15"})
    assert 'value="taro@example.jp"' in citizen.html
    assert 'value="1960"' in citizen.html
    citizen.send("you", birth() | {"kana": "オオイタ"}).send("confirm")
    assert world.booking.booked[0].procedure_id == "pin"
    assert world.booking.booked[0].ticket is None


def test_a_procedure_that_takes_no_bookings_says_so(citizen: Citizen, world: World) -> None:
    for state, words in (("paused", "ネットでの受付を止めています"), ("phone", "お電話で")):
        closed = procedure(online=state, version=2 if state == "paused" else 3)
        world.catalog.procedure_published(ProcedurePublished(procedure=closed))
        citizen.open("/book")
        assert citizen.sees(f"マイナンバーカードの交付：{'ただいま' * (state == 'paused')}{words}")
        assert not citizen.page.all("button", value="issuance")

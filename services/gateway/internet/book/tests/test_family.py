"""Up to four people in one go: added, received side by side or in turn, booked all or none."""

import random
from dataclasses import replace

import pytest

from libs.common.signing import Signer
from libs.contracts.eligibility import TICKET_PURPOSE
from services.gateway.internet.door.answers import PersonAnswers
from services.gateway.internet.door.drafts import MAX_BYTES, BookingDraft, BookingDrafts
from services.gateway.internet.tests.citizen import Citizen, birth, identify
from services.gateway.internet.tests.city import at, taken
from services.gateway.internet.tests.world import World
from services.gateway.web.link import Refused


def add(citizen: Citizen, procedure_id: str) -> Citizen:
    return citizen.send("people", {"procedure": procedure_id})


def add_card(
    citizen: Citizen, card: str = "FAM-000002", born: dict[str, str] | None = None
) -> None:
    add(citizen, "issuance")
    assert citizen.path.endswith("/card")
    citizen.send("card", (born or birth("1962", "7", "7")) | {"card": card})


def reach_people(citizen: Citizen) -> Citizen:
    """A couple: both collect a card, and it is asked how they are received."""
    identify(citizen).follow("people")
    add_card(citizen)
    assert citizen.path.endswith("/visitor")
    citizen.send("visitor", {"visitor": "self"})
    assert citizen.sees("2人目の方")
    citizen.send("visitor", {"visitor": "self"})
    assert citizen.path.endswith("/people")
    return citizen


def reach_check(citizen: Citizen, arrangement: str = "together") -> Citizen:
    reach_people(citizen).send("arrangement", {"arrangement": arrangement})
    citizen.follow("day/2026-12-02").send("../time", {"start": "2026-12-02T09:00"})
    citizen.send("you", {"email": "taro@example.jp"})
    assert citizen.path.endswith("/check")
    return citizen


def test_the_days_say_for_how_many_people_they_are(citizen: Citizen) -> None:
    reach_people(citizen).send("arrangement", {"arrangement": "together"})
    assert citizen.path.endswith("/days")
    assert citizen.sees("（2人）")
    citizen.follow("day/2026-12-02")
    assert citizen.sees("（2人）")


def test_a_couple_is_booked_with_one_confirmation_and_two_numbers(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen)
    assert citizen.sees("1人目の方")
    assert citizen.sees("2人目の方")
    assert citizen.sees("番号の末尾 002")
    citizen.send("confirm")
    assert citizen.sees("8K2M4-7QX3P")
    assert citizen.sees("PARTY-00002")
    (hold,), (booked,) = world.booking.requests, world.booking.booked
    assert [line.procedure_id for line in hold.party] == ["issuance"]
    assert hold.party[0].ticket
    assert hold.arrangement == "together"
    assert [person.visitor for person in booked.party] == ["self"]
    assert booked.party[0].ticket


def test_in_turn_everybody_has_a_time_of_their_own(citizen: Citizen) -> None:
    reach_check(citizen, "in_turn")
    assert citizen.sees("12月2日（水） 9:00")
    assert citizen.sees("9時30分")


def test_times_without_room_for_everybody_are_not_offered(citizen: Citizen, world: World) -> None:
    world.board.apply(taken(at(2, 9), window=1))
    reach_people(citizen).send("arrangement", {"arrangement": "together"})
    citizen.follow("day/2026-12-02")
    assert not citizen.page.all("button", value="2026-12-02T09:00")
    assert citizen.page.all("button", value="2026-12-02T09:30")


def test_a_time_that_fits_no_more_leads_to_the_nearest_for_everybody(
    citizen: Citizen, world: World
) -> None:
    reach_people(citizen).send("arrangement", {"arrangement": "together"})
    citizen.follow("day/2026-12-02")
    world.board.apply(taken(at(2, 9, 30), window=2))
    world.booking.refusals["hold"] = Refused(409, "slot-full", {})
    citizen.send("../time", {"start": "2026-12-02T09:00"})
    near = citizen.html.split("notice-warning")[1].split("<h2")[0]
    assert 'value="2026-12-02T10:00"' in near
    assert 'value="2026-12-02T09:30"' not in near


def test_people_with_and_without_a_card_come_together(citizen: Citizen, world: World) -> None:
    identify(citizen).follow("people")
    add(citizen, "pin").send("visitor", {"visitor": "self"})
    citizen.send("visitor", {"visitor": "proxy"})
    citizen.send("arrangement", {"arrangement": "together"})
    citizen.follow("day/2026-12-02").send("../time", {"start": "2026-12-02T09:00"})
    citizen.send("you")
    assert citizen.path.endswith("/people/2/you")
    assert not citizen.page.all("input", name="email")
    citizen.send("you", birth("1935") | {"kana": "オオイタ ハナコ"}).send("confirm")
    (other,) = world.booking.booked[0].party
    assert (other.kana, str(other.born), other.visitor) == (
        "オオイタ ハナコ",
        "1935-04-01",
        "proxy",
    )


def test_cards_at_different_offices_are_said_plainly_and_one_goes_on_without(
    citizen: Citizen, world: World
) -> None:
    identify(citizen).follow("people")
    add_card(citizen, "FAR-000001", birth("1990", "2", "3"))
    assert citizen.page.heading == "この方のカードは、別の場所でお預かりしています"
    assert citizen.sees("「鶴崎支所」でお預かりしています")
    citizen.send("remove").send("visitor", {"visitor": "self"})
    assert "/month/issuance/honcho" in citizen.path


def test_another_procedure_of_the_first_lets_all_go_where_the_other_card_is(
    citizen: Citizen, world: World
) -> None:
    identify(citizen).follow("people")
    add_card(citizen, "FAR-000001", birth("1990", "2", "3"))
    citizen.open(citizen.path.replace("people/2/elsewhere", "procedure"))
    citizen.send("procedure", {"procedure": "pin"})
    assert citizen.path.endswith("/visitor")
    assert citizen.sees("鶴崎支所")


def test_the_same_card_is_not_entered_for_two_people(citizen: Citizen) -> None:
    identify(citizen).follow("people")
    add_card(citizen, "ABC-123456", birth())
    assert citizen.status == 422
    assert citizen.sees("一緒に来るほかの方のところで入力されています")


def test_who_came_along_can_be_taken_off_again(citizen: Citizen, world: World) -> None:
    reach_check(citizen).follow("people").send("people/2/remove")
    assert "/month/issuance/honcho" in citizen.path
    citizen.follow("../../day/2026-12-02").send("../time", {"start": "2026-12-02T09:00"})
    assert citizen.path.endswith("/check")
    assert not citizen.sees("2人目の方")
    citizen.send("confirm")
    assert world.booking.booked[0].party == ()


def test_nobody_is_added_beyond_the_limit(citizen: Citizen, world: World) -> None:
    identify(citizen).send("visitor", {"visitor": "self"})
    citizen.open(citizen.path.replace("month/issuance/honcho", "people"))
    for number in (2, 3, 4):
        add(citizen, "pin").send("visitor", {"visitor": "self"})
        assert citizen.sees(f"{number}人目の方")
    assert citizen.sees("一度に予約できる人数に達しました")
    form = {"csrf": citizen.page.field("csrf"), "procedure": "pin"}
    citizen.see(citizen.client.post(citizen.path, data=form))
    assert not citizen.sees("5人目の方")


def test_one_child_of_a_party_comes_with_a_guardian(citizen: Citizen) -> None:
    identify(citizen).follow("people")
    add_card(citizen, "CHI-000008", birth("2018", "5", "5"))
    citizen.send("visitor", {"visitor": "self"}).send("visitor", {"visitor": "self"})
    assert citizen.path.endswith("/people/2/guardian")
    citizen.send("guardian")
    assert citizen.path.endswith("/people")
    assert citizen.sees("本人と法定代理人")


@pytest.mark.parametrize("call", ["hold", "book"])
def test_a_refusal_about_one_person_asks_about_that_person(
    citizen: Citizen, world: World, call: str
) -> None:
    world.booking.refusals[call] = Refused(403, "not-eligible", {"person": 1})
    if call == "book":
        reach_check(citizen).send("confirm")
    else:
        reach_people(citizen).send("arrangement", {"arrangement": "together"})
        citizen.follow("day/2026-12-02").send("../time", {"start": "2026-12-02T09:00"})
    assert citizen.path.endswith("/people/2/card")
    assert 'value="FAM-000002"' in citizen.html


def test_an_expired_hold_of_a_party_is_taken_again_with_all_answers(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen)
    world.clock.pass_minutes(11)
    citizen.send("confirm")
    assert [len(request.party) for request in world.booking.requests] == [1, 1]
    assert citizen.sees("PARTY-00002")


def test_an_expired_time_that_is_gone_leads_to_the_nearest_for_everybody(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen)
    world.clock.pass_minutes(11)
    world.booking.refusals["hold"] = Refused(409, "slot-full", {})
    citizen.send("confirm")
    assert citizen.sees("近い時間はこちらです")
    citizen.send("../time", {"start": "2026-12-02T10:00"})
    assert citizen.path.endswith("/check")
    assert citizen.sees("taro@example.jp")
    assert citizen.sees("2人目の方")


def test_another_tab_with_a_smaller_party_at_the_same_time_is_noticed(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen)
    check = citizen.remember()
    identify(citizen).send("visitor", {"visitor": "self"})
    citizen.follow("../../day/2026-12-02").send("../time", {"start": "2026-12-02T09:00"})
    citizen.go_back_to(check)
    citizen.send("extend")
    assert citizen.sees("時間をお取りできる期限が過ぎました")


def test_pages_about_nobody_do_not_exist(citizen: Citizen) -> None:
    identify(citizen)
    base = citizen.path.removesuffix("visitor")
    for page in ("people/2/visitor", "people/0/card", "people/9/you", "people/2/elsewhere"):
        assert citizen.open(base + page).status == 404
    form = {"csrf": identify(citizen).page.field("csrf")}
    base = citizen.path.removesuffix("visitor")
    assert citizen.client.post(base + "people/1/remove", data=form).status_code == 404


def test_the_answers_of_four_people_fit_into_the_cookie() -> None:
    """The longest answers there can be, and tickets as eligibility signs them."""
    dice, signer = random.Random(3), Signer(bytes(range(32)), TICKET_PURPOSE)

    def letters(kinds: str, count: int) -> str:
        return "".join(dice.choices(kinds, k=count))

    def person() -> dict[str, object]:
        claims = {"card_key": letters("0123456789abcdef", 64), "born": "1960-04-01"}
        return {
            "procedure_id": "application_at_office",
            "also": ("certificate_update", "pin"),
            "card": letters("ABCDEFGHJK", 3) + "-" + letters("0123456789", 6),
            "code": letters("ABCDEFGHJK0123456789", 9),
            "card_office": "honcho",
            "ticket": signer.sign(claims, now=1.8e9, lifetime=900.0),
            "ticket_at": dice.random() * 1e9,
            "born": "1960-04-01",
            "year": "1960",
            "month": "4",
            "day": "1",
            "kana": letters("アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホ", 100),
            "visitor": "guardian",
            "needs": ("wheelchair", "writing", "interpreter", "reading", "stroller"),
            "cards": 4,
            "has_inquiry": True,
            "about_you": True,
            "starts_at": "2026-12-02T09:00:00+09:00",
        }

    draft = BookingDraft(
        **person(),  # type: ignore[arg-type]
        id="0123456789abcdef",
        area="book",
        office_id="honcho",
        email=letters("abcdefghijklmnopqrstuvwxyz", 242) + "@example.com",
        phone="09012345678",
        people=tuple(PersonAnswers(**person()) for _ in range(3)),  # type: ignore[arg-type]
        arrangement="together",
        expires_at="2026-12-02T09:00:00.123456+09:00",
        extensions_left=10,
        taken="2026-12-02T09:00:00+09:00",
    )
    drafts = BookingDrafts({1: b"k" * 32})
    word = drafts.seal(draft)
    assert len(word) <= MAX_BYTES
    assert drafts.open(word, "book", draft.id) == draft
    alone = replace(draft, people=(), kana="", email="")
    assert drafts.open(drafts.seal(alone), "book", draft.id) == alone


def test_each_number_has_the_word_that_was_chosen(citizen: Citizen, world: World) -> None:
    words = {"relation-1": "self", "relation-2": "spouse", "arrangement": "together"}
    reach_people(citizen).send("arrangement", words)
    citizen.follow("day/2026-12-02").send("../time", {"start": "2026-12-02T09:00"})
    citizen.send("you", {"email": "taro@example.jp"})
    citizen.send("confirm")
    assert citizen.sees("予約番号 わたし")
    assert citizen.sees("予約番号 配偶者")
    assert citizen.sees("その方の生年月日")
    (booked,) = world.booking.booked
    assert (booked.relation, booked.party[0].relation) == ("self", "spouse")


def test_a_word_that_is_not_in_the_list_is_none(citizen: Citizen, world: World) -> None:
    reach_people(citizen).send("arrangement", {"relation-1": "太郎", "arrangement": "together"})
    citizen.follow("day/2026-12-02").send("../time", {"start": "2026-12-02T09:00"})
    citizen.send("you", {"email": "taro@example.jp"})
    citizen.send("confirm")
    assert citizen.sees("予約番号 1人目の方")
    assert world.booking.booked[0].relation is None


def test_a_guardian_of_two_is_received_in_turn_only(citizen: Citizen) -> None:
    identify(citizen).follow("people")
    add_card(citizen)
    citizen.send("visitor", {"visitor": "guardian"})
    citizen.send("visitor", {"visitor": "guardian"})
    assert citizen.sees("1つの窓口で続けて手続きします")
    assert 'value="together"' not in citizen.html
    citizen.send("arrangement", {"arrangement": "together"})
    assert citizen.path.endswith("/people")
    citizen.send("arrangement", {"arrangement": "in_turn"})
    assert citizen.path.endswith("/days")

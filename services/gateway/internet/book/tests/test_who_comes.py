"""Who comes on the day: what they bring, guardians of children, and visits that must fail."""

from services.gateway.internet.tests.citizen import Citizen, birth, identify
from services.gateway.internet.tests.world import World
from services.gateway.web.link import Refused


def begin(citizen: Citizen, procedure_id: str) -> Citizen:
    citizen.open("/book").send("/book", {"procedure": procedure_id})
    return citizen.send("office", {"office": "honcho"})


def identify_child(citizen: Citizen, card: str, year: str, month: str, day: str) -> Citizen:
    citizen.open("/book").send("/book", {"procedure": "issuance"})
    return citizen.send("card", birth(year, month, day) | {"card": card})


def take(citizen: Citizen, start: str) -> Citizen:
    return citizen.follow(f"../../day/{start[:10]}").send("../time", {"start": start})


def test_a_visit_that_must_fail_is_led_to_the_phone_with_the_reason(
    citizen: Citizen, world: World
) -> None:
    identify(citizen).send("visitor", {"visitor": "proxy"})
    assert citizen.sees("代理の方には書類をご案内します。")
    assert citizen.page.all("a", href="tel:0975346111")
    citizen.open(citizen.path.replace("phone/proxy", "check"))
    assert citizen.path.endswith("/visitor")
    assert not world.booking.requests


def test_the_phone_page_exists_only_for_what_leads_there(citizen: Citizen) -> None:
    identify(citizen)
    question = citizen.path
    for why in ("self", "inquiry", "nobody"):
        assert citizen.open(question.replace("visitor", f"phone/{why}")).status == 404


def test_a_proxy_is_asked_for_the_answered_inquiry(citizen: Citizen) -> None:
    begin(citizen, "cert").send("visitor", {"visitor": "proxy"})
    assert citizen.sees("照会書兼回答書をお持ちですか")
    citizen.send("inquiry", {"inquiry": "yes"})
    assert "/month/cert/honcho" in citizen.path


def test_without_the_answered_inquiry_the_phone_helps(citizen: Citizen) -> None:
    begin(citizen, "cert").send("visitor", {"visitor": "proxy"})
    question = citizen.path
    citizen.send("inquiry", {"inquiry": "no"})
    assert citizen.sees("その日には手続きが終わりません")
    citizen.open(question.replace("inquiry", "day/2026-12-02"))
    assert citizen.path == question


def test_somebody_else_than_a_proxy_is_not_asked_for_it(citizen: Citizen) -> None:
    begin(citizen, "cert").send("visitor", {"visitor": "self"})
    assert "/month/" in citizen.path
    citizen.open(citizen.path.replace("month/cert/honcho", "inquiry"))
    assert "/month/" in citizen.path


def test_a_child_comes_with_a_guardian_by_one_tap(citizen: Citizen, world: World) -> None:
    identify_child(citizen, "CHI-000008", "2018", "5", "5").send("visitor", {"visitor": "self"})
    assert citizen.page.heading == "法定代理人の方とご一緒にお越しください"
    assert citizen.sees("法定代理人の本人確認書類")
    citizen.send("guardian")
    take(citizen, "2026-12-02T09:00").send("you").send("confirm")
    assert citizen.sees("法定代理人の本人確認書類")
    assert world.booking.booked[0].visitor == "guardian"


def test_the_age_counts_on_the_day_of_the_visit(citizen: Citizen) -> None:
    """Fifteen on 10 December: with a guardian on the 9th, alone on the 10th."""
    identify_child(citizen, "CHI-000015", "2011", "12", "10").send("visitor", {"visitor": "self"})
    assert "/month/" in citizen.path
    calendar = citizen.path
    take(citizen, "2026-12-09T09:00")
    assert citizen.path.endswith("/guardian")
    citizen.open(calendar)
    take(citizen, "2026-12-10T09:00")
    assert citizen.path.endswith("/you")


def test_a_child_without_a_card_is_noticed_after_its_date_of_birth(
    citizen: Citizen, world: World
) -> None:
    begin(citizen, "pin").send("visitor", {"visitor": "self"})
    take(citizen, "2026-12-02T09:00")
    citizen.send("you", birth("2015") | {"kana": "オオイタ ハナ", "email": "hana@example.jp"})
    assert citizen.path.endswith("/guardian")
    citizen.send("guardian")
    assert citizen.sees("オオイタ ハナ")
    assert citizen.sees("hana@example.jp")
    assert citizen.sees("本人と法定代理人")


def test_a_service_that_asks_for_a_guardian_gets_the_question_asked(
    citizen: Citizen, world: World
) -> None:
    identify_child(citizen, "CHI-000015", "2011", "12", "10").send("visitor", {"visitor": "self"})
    take(citizen, "2026-12-10T09:00").send("you")
    world.booking.refusals["book"] = Refused(409, "guardian-needed", {})
    citizen.send("confirm")
    assert citizen.page.heading == "法定代理人の方とご一緒にお越しください"


def test_documents_follow_from_who_comes(citizen: Citizen) -> None:
    begin(citizen, "pin")
    assert citizen.sees("委任状")
    citizen.send("visitor", {"visitor": "self"})
    take(citizen, "2026-12-02T09:00").send("you", birth() | {"kana": "オオイタ"})
    assert citizen.sees("マイナンバーカード")
    assert not citizen.sees("委任状")
    citizen.follow("visitor").send("visitor", {"visitor": "proxy"})
    assert citizen.path.endswith("/check")
    assert citizen.sees("委任状")

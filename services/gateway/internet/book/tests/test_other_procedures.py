"""A procedure without a card: any office, a name and a date of birth."""

from datetime import date

from services.gateway.internet.tests.citizen import Citizen, birth
from services.gateway.internet.tests.world import World


def reach_you(citizen: Citizen) -> Citizen:
    citizen.open("/book").send("/book", {"procedure": "pin"})
    citizen.send("office", {"office": "tsurusaki"})
    citizen.send("visitor", {"visitor": "proxy"})
    citizen.follow("../../day/2026-12-02")
    return citizen.send("../time", {"start": "2026-12-02T09:15"})


def test_a_pin_visit_is_booked_at_any_office(citizen: Citizen, world: World) -> None:
    reach_you(citizen)
    citizen.send("you", birth("35", "4", "1", "showa") | {"kana": "おおいた　ハナコ"})
    assert citizen.sees("オオイタ ハナコ")
    assert citizen.sees("1960年4月1日")
    assert citizen.sees("鶴崎支所")
    citizen.send("confirm")
    assert citizen.sees("予約が完了しました")
    booked = world.booking.booked[0]
    assert (booked.kana, booked.born, booked.visitor) == (
        "オオイタ ハナコ",
        date(1960, 4, 1),
        "proxy",
    )
    assert booked.ticket is None
    assert booked.email is None


def test_missing_answers_are_named_one_by_one_and_the_others_are_kept(citizen: Citizen) -> None:
    reach_you(citizen)
    citizen.send("you", birth("1960", "13", "1") | {"kana": "", "email": "taro@@example"})
    assert citizen.status == 422
    assert citizen.sees("氏名を入力してください。")
    assert citizen.sees("カレンダーにない日付です")
    assert citizen.sees("メールアドレスの形になっていません")
    assert 'value="1960"' in citizen.html
    assert 'value="taro@@example"' in citizen.html


def test_an_individual_number_in_any_field_is_dropped(citizen: Citizen) -> None:
    reach_you(citizen)
    for field in ("kana", "email", "born-year"):
        citizen.send("you", birth() | {"kana": "オオイタ", field: "123456789018"})
        assert citizen.status == 422
        assert citizen.sees("マイナンバーはこの予約では使いません")
        assert "123456789018" not in citizen.html


def test_choosing_another_office_lets_the_time_go_and_keeps_the_answers(citizen: Citizen) -> None:
    reach_you(citizen).send("you", birth() | {"kana": "オオイタ"})
    citizen.follow("office").send("office", {"office": "honcho"})
    citizen.follow("../../day/2026-12-03").send("../time", {"start": "2026-12-03T09:00"})
    assert citizen.path.endswith("/check")
    assert citizen.sees("本庁舎1階市民課")
    assert citizen.sees("オオイタ")


def test_a_time_chosen_after_the_end_changes_nothing_of_what_is_booked(citizen: Citizen) -> None:
    citizen.open("/book").send("/book", {"procedure": "pin"})
    citizen.send("office", {"office": "honcho"}).send("visitor", {"visitor": "self"})
    citizen.follow("../../day/2026-12-02").send("../time", {"start": "2026-12-02T09:15"})
    citizen.send("you", birth() | {"kana": "オオイタ ハナコ"}).send("confirm")
    citizen.open(citizen.path.replace("done", "day/2026-12-03"))
    citizen.send("../time", {"start": "2026-12-03T10:00"})
    assert citizen.path.endswith("/done")
    assert citizen.sees("12月2日（水） 9:15")

"""How one can be reached and what help is needed: asked as the city set it, changed afterwards."""

from typing import Any

import pytest

from libs.contracts.booking import ProcedurePublished
from services.gateway.internet.tests.citizen import (
    Citizen,
    birth,
    choose_time,
    identify,
    reach_check,
)
from services.gateway.internet.tests.city import procedure
from services.gateway.internet.tests.world import World
from services.gateway.web.link import Refused


def set_up(world: World, **settings: Any) -> None:
    """The city changes what it asks for issuance."""
    changed = procedure(version=2, **settings)
    world.catalog.procedure_published(ProcedurePublished(procedure=changed))


def book_and_find(citizen: Citizen, email: str = "") -> Citizen:
    reach_check(citizen, email).send("confirm")
    citizen.open("/find")
    return citizen.send("/find", birth() | {"number": "8K2M4-7QX3P"})


def test_what_the_city_switched_off_is_not_asked(citizen: Citizen, world: World) -> None:
    set_up(world, email="off", asks_needs=False)
    choose_time(identify(citizen))
    assert citizen.path.endswith("/check")
    citizen.open(citizen.path.replace("check", "you"))
    assert not citizen.page.all("input", name="email")
    assert not citizen.page.all("input", name="phone")
    assert not citizen.page.all("input", name="needs")
    citizen.send("you", {"email": "taro@example.jp", "needs": "wheelchair"}).send("confirm")
    assert (world.booking.booked[0].email, world.booking.booked[0].needs) == (None, ())


def test_a_required_phone_number_is_asked_for_and_read_as_people_write_it(
    citizen: Citizen, world: World
) -> None:
    set_up(world, phone="required", email="required")
    choose_time(identify(citizen)).send("you")
    assert citizen.status == 422
    assert citizen.sees("電話番号を入力してください。")
    assert citizen.sees("メールアドレスを入力してください。")
    answers = {"email": "taro@example.jp", "phone": "０９０（１２３４）５６７８"}
    citizen.send("you", answers).send("confirm")
    assert world.booking.booked[0].phone == "09012345678"


def test_a_field_that_becomes_required_is_asked_before_the_booking(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen)
    set_up(world, phone="required")
    citizen.send("confirm")
    assert citizen.path.endswith("/you")
    citizen.send("you", {"phone": "097-534-6111"})
    assert citizen.path.endswith("/check")


def test_needs_and_cards_reach_the_counter(citizen: Citizen, world: World) -> None:
    set_up(world, asks_cards=True)
    choose_time(identify(citizen))
    citizen.send("you", {"needs": "wheelchair", "cards": "3"})
    assert citizen.sees("車いすを使う")
    citizen.send("confirm")
    assert (world.booking.booked[0].needs, world.booking.booked[0].cards) == (("wheelchair",), 3)


def test_an_address_that_looks_mistyped_is_asked_about_and_mended_by_one_tap(
    citizen: Citizen, world: World
) -> None:
    reach_check(citizen, "taro@gmail.co.jp")
    assert citizen.sees("taro@gmail.co.jp は、taro@gmail.com ではありませんか")
    citizen.send("email")
    assert not citizen.sees("ではありませんか")
    citizen.send("confirm")
    assert world.booking.booked[0].email == "taro@gmail.com"


def test_an_address_that_looks_mistyped_can_be_kept(citizen: Citizen, world: World) -> None:
    reach_check(citizen, "taro@gmail.co.jp").send("confirm")
    assert world.booking.booked[0].email == "taro@gmail.co.jp"


def test_the_contact_is_changed_without_being_shown(citizen: Citizen, world: World) -> None:
    book_and_find(citizen, "taro@example.jp").follow("contact")
    assert "taro@example.jp" not in citizen.html
    citizen.send("contact", {"email": "hanako@example.jp", "needs": "writing"})
    assert citizen.page.heading == "連絡先を変更しました"
    assert citizen.sees("筆談・手話")
    sent = world.booking.contacts[0]
    assert (sent.email, sent.needs, sent.keep) == ("hanako@example.jp", ("writing",), ("phone",))


@pytest.mark.parametrize(("fields", "there"), [({}, True), ({"no-email": "yes"}, False)])
def test_an_empty_field_keeps_the_address_and_a_tick_removes_it(
    citizen: Citizen, world: World, fields: dict[str, str], there: bool
) -> None:
    book_and_find(citizen, "taro@example.jp").follow("contact").send("contact", fields)
    assert world.booking.bookings["8K2M47QX3P"][1].has_email is there


def test_a_new_address_that_looks_mistyped_is_asked_about_before_it_is_taken(
    citizen: Citizen, world: World
) -> None:
    book_and_find(citizen).follow("contact").send("contact", {"email": "taro@docomo.co.jp"})
    assert citizen.sees("taro@docomo.co.jp は、taro@docomo.ne.jp ではありませんか")
    assert not world.booking.contacts
    citizen.send("contact", {"email": "taro@docomo.co.jp", "mend": "yes"})
    assert world.booking.contacts[0].email == "taro@docomo.ne.jp"


def test_a_new_address_that_looks_mistyped_can_be_kept(citizen: Citizen, world: World) -> None:
    book_and_find(citizen).follow("contact").send("contact", {"email": "taro@gmial.com"})
    citizen.send("contact", {"email": "taro@gmial.com", "sure": "taro@gmial.com"})
    assert world.booking.contacts[0].email == "taro@gmial.com"


def test_one_s_own_address_is_recognised_by_its_first_letter(
    citizen: Citizen, world: World
) -> None:
    book_and_find(citizen, "taro@example.jp")
    number, booking = "8K2M47QX3P", world.booking.bookings["8K2M47QX3P"][1]
    hinted = booking.model_copy(update={"email_hint": "t•••@example.jp"})
    world.booking.bookings[number] = (world.booking.bookings[number][0], hinted)
    citizen.open(citizen.path)
    assert citizen.sees("t•••@example.jp")


def test_a_mistyped_new_address_is_explained(citizen: Citizen, world: World) -> None:
    book_and_find(citizen).follow("contact").send("contact", {"email": "taro@@example"})
    assert citizen.status == 422
    assert 'value="taro@@example"' in citizen.html
    assert not world.booking.contacts


def test_a_booking_that_ended_meanwhile_is_shown_as_it_is(citizen: Citizen, world: World) -> None:
    book_and_find(citizen).follow("contact")
    world.booking.refusals["contact"] = Refused(409, "not-active", {})
    citizen.send("contact", {"email": "taro@example.jp"})
    assert citizen.path.endswith("/show")


def test_an_interpreter_is_asked_for_by_the_language(citizen: Citizen, world: World) -> None:
    choose_time(identify(citizen))
    citizen.send("you", {"needs": "wheelchair", "interpreter": "ne"})
    assert citizen.sees("車いすを使う、通訳（ネパール語）")
    citizen.send("confirm")
    assert world.booking.booked[0].needs == ("wheelchair", "interpreter")
    assert world.booking.booked[0].interpreter == "ne"


def test_the_language_of_an_interpreter_is_seen_and_changed(citizen: Citizen, world: World) -> None:
    choose_time(identify(citizen)).send("you", {"interpreter": "vi"}).send("confirm")
    citizen.open("/find").send("/find", birth() | {"number": "8K2M4-7QX3P"})
    assert citizen.sees("通訳（ベトナム語）")
    citizen.follow("contact")
    assert chosen(citizen) == ["vi"]
    citizen.send("contact", {"interpreter": "th"})
    assert world.booking.contacts[0].interpreter == "th"
    citizen.follow("contact").send("contact", {"interpreter": ""})
    assert (world.booking.contacts[1].interpreter, world.booking.contacts[1].needs) == (None, ())


def test_an_interpreter_of_before_is_one_for_the_language_of_the_booking(
    citizen: Citizen, world: World
) -> None:
    choose_time(identify(citizen)).send("you").send("confirm")
    booked = world.booking.bookings["8K2M47QX3P"][1]
    for language, spoken in (("vi", "vi"), ("ja", "other")):
        world.booking.put(booked, needs=("interpreter",), language=language)
        citizen.open("/find").send("/find", birth() | {"number": "8K2M4-7QX3P"}).follow("contact")
        assert chosen(citizen) == [spoken]


def chosen(citizen: Citizen) -> list[str]:
    options = citizen.page.one("select", name="interpreter").iter("option")
    return [one.get("value", "") for one in options if "selected" in one.attrib]

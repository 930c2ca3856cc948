"""Contact details put right by staff, and two people at one booking."""

from dev.testing import Database
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.lists.tests.test_list import booking_of, buttons, the_one
from services.gateway.lgwan.tests.fake_corrections import FakeCorrections
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines, sitting_at
from services.gateway.web.testing import Page, words


def corrections_of(services: Services) -> FakeCorrections:
    assert isinstance(services.corrections, FakeCorrections)
    return services.corrections


def page_of(services: Services, what: str = "") -> str:
    return f"/bookings/{the_one(services).booking_id}{what}"


def moved_by_suzuki(services: Services) -> None:
    """Somebody else moves the booking to another office."""
    booking = booking_of(services)
    changed = booking._change(the_one(services), office_id="tsurusaki")
    booking.note(changed, "suzuki", "changed")


def compared(page: Page) -> dict[str, tuple[str, str, bool]]:
    """The comparison by label: wanted, now, and whether the line is marked."""
    lines = {}
    for row in page.all("tr"):
        cells = [words(cell) for cell in row if cell.tag in ("th", "td")]
        if len(cells) == 3 and row.get("class", "") in ("", "differs"):
            label = cells[0].removesuffix(" ちがい")
            lines[label] = (
                cells[1].removesuffix(" 自分の変更"),
                cells[2],
                row.get("class") == "differs",
            )
    return lines


def choices(page: Page) -> list[str]:
    main = page.one("main")
    return [words(e) for e in main.iter() if "button" in (e.get("class") or "").split()]


def test_address_and_number_are_corrected(desk: Browser, services: Services) -> None:
    page = desk.open(page_of(services, "/contact"))
    assert page.field("email") == "taro@example.jp"
    fields = {
        "version": page.field("version"),
        "email": "Ｈanako＠example.jp",
        "phone": "097 534 6111",
    }
    page = desk.send(page_of(services, "/contact"), fields)
    assert "連絡先を変更しました" in page.text
    kept = corrections_of(services).reached[the_one(services).booking_id]
    assert kept == ("Hanako@example.jp", "0975346111")


def test_what_is_mistyped_is_said_and_what_was_typed_stays(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    desk.open(page_of(services, "/contact"))
    page = desk.send(
        page_of(services, "/contact"), {"version": "1", "email": "taro.example.jp", "phone": "12"}
    )
    assert desk.status == 422
    assert (page.field("email"), page.field("phone")) == ("taro.example.jp", "12")
    assert not corrections_of(services).reached
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.contact|booking||mistyped"


def test_twelve_digits_are_neither_kept_nor_shown_again(desk: Browser, services: Services) -> None:
    for name in ("email", "phone"):
        desk.open(page_of(services, "/contact"))
        fields = {"version": "1", "email": "", "phone": "", name: "1234 5678 9012"}
        page = desk.send(page_of(services, "/contact"), fields)
        assert desk.status == 422
        assert page.field(name) == ""
        assert "9012" not in desk.html
    assert not corrections_of(services).reached


def test_every_correction_is_in_the_operation_log(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    desk.open(page_of(services, "/contact"))
    desk.send(page_of(services, "/contact"), {"version": "1", "email": "", "phone": ""})
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.contact|booking|honcho|done"


def test_correcting_needs_its_right(store_of_accounts: Database, services: Services) -> None:
    add_staff(store_of_accounts, "viewer", ("bookings.read",))
    with sitting_at(store_of_accounts.url, services) as browser:
        browser.sign_in("viewer")
        assert "連絡先を変更" not in browser.open(page_of(services)).text
        browser.open(page_of(services, "/contact"))
        assert browser.status == 403


def test_what_is_over_has_nothing_to_correct(desk: Browser, services: Services) -> None:
    booking_of(services).by_another_terminal(the_one(services).booking_id, "missed")
    assert "連絡先を変更" not in desk.open(page_of(services)).text


def test_the_second_sees_both_versions_and_who_changed_what(
    desk: Browser, services: Services
) -> None:
    desk.open("/")
    moved_by_suzuki(services)
    page = desk.press("受付")
    assert desk.status == 409
    assert compared(page)["状態"] == ("受付済", "予約済", True)
    assert compared(page)["場所"] == ("本庁舎1階市民課", "鶴崎支所", True)
    assert not compared(page)["日時"][2]
    assert "suzuki" in page.text and "日時の変更" in page.text
    assert choices(page) == ["いまの内容を残す", "自分の変更をもう一度行う"]
    assert booking_of(services).calls == []


def test_the_second_can_do_it_again_over_what_is_there_now(
    desk: Browser, services: Services
) -> None:
    desk.open("/")
    moved_by_suzuki(services)
    page = desk.press("受付")
    again = {name: page.field(name) for name in ("tick", "back")}
    desk.send("/bookings/tick", again)
    assert the_one(services).status == "arrived"
    assert the_one(services).office_id == "tsurusaki"


def test_doing_it_again_meets_the_next_change_as_well(desk: Browser, services: Services) -> None:
    desk.open("/")
    moved_by_suzuki(services)
    page = desk.press("受付")
    moved_by_suzuki(services)
    desk.send("/bookings/tick", {name: page.field(name) for name in ("tick", "back")})
    assert desk.status == 409
    assert the_one(services).status == "confirmed"


def test_what_somebody_else_did_already_need_not_be_done_again(
    desk: Browser, services: Services
) -> None:
    desk.open("/")
    booking_of(services).by_another_terminal(the_one(services).booking_id, "arrived")
    page = desk.press("受付")
    assert "もう同じ内容になっています" in page.text
    assert choices(page) == ["元の画面に戻る"]


def test_what_is_not_possible_any_more_is_not_offered(desk: Browser, services: Services) -> None:
    desk.open("/")
    booking_of(services).by_another_terminal(the_one(services).booking_id, "cancelled")
    page = desk.press("受付")
    assert "いまの状態では、「受付」はできません" in page.text
    assert choices(page) == ["元の画面に戻る"]


def test_a_cancellation_is_compared_and_can_be_done_again(
    desk: Browser, services: Services
) -> None:
    path = page_of(services, "/cancel")
    desk.open(path)
    moved_by_suzuki(services)
    page = desk.send(path, {"version": "1", "reason": "request"})
    assert compared(page)["状態"] == ("取消", "予約済", True)
    desk.send(path, {name: page.field(name) for name in ("version", "reason")})
    assert the_one(services).status == "cancelled"
    assert booking_of(services).reasons == ["ご本人からの申し出"]


def test_contact_details_are_compared_and_can_be_sent_again(
    desk: Browser, services: Services
) -> None:
    path = page_of(services, "/contact")
    desk.open(path)
    moved_by_suzuki(services)
    page = desk.send(path, {"version": "1", "email": "hanako@example.jp", "phone": ""})
    assert compared(page)["メールアドレス"] == ("hanako@example.jp", "taro@example.jp", True)
    assert compared(page)["電話番号"] == ("なし", "なし", False)
    assert not corrections_of(services).reached
    desk.send(path, {name: page.field(name) for name in ("version", "email", "phone")})
    assert corrections_of(services).reached[the_one(services).booking_id][0] == "hanako@example.jp"


def test_the_history_says_what_was_before_and_what_is_now(
    desk: Browser, services: Services
) -> None:
    moved_by_suzuki(services)
    text = desk.open(page_of(services)).text
    assert "場所：本庁舎1階市民課 →から 鶴崎支所" in text
    assert buttons(desk.page)

"""One booking: what it shows, and cancelling it with a reason."""

from uuid import uuid4

from dev.testing import Database
from libs.contracts.booking import StaffBooking
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fakes import FakeBooking, FakeNotify
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines
from services.gateway.web.testing import words


def booking_of(services: Services) -> FakeBooking:
    assert isinstance(services.booking, FakeBooking)
    return services.booking


def the_one(services: Services) -> StaffBooking:
    return next(iter(booking_of(services).kept.values()))


def cancel_path(services: Services) -> str:
    return f"/bookings/{the_one(services).booking_id}/cancel"


def test_a_booking_shows_its_history_and_the_fate_of_its_mails(
    desk: Browser, services: Services
) -> None:
    desk.open("/")
    desk.press("受付")
    text = desk.open(f"/bookings/{the_one(services).booking_id}").text
    assert "本庁舎1階市民課 呼んだ窓口 － " in text
    assert "suzuki" in text and "ご本人（予約サイト）" in text
    assert "予約の受付 送信済" in text
    assert "日時の変更 届かなかった 550 mailbox unavailable" in text
    assert "前日のお知らせ 送信済" in text


def test_nobody_is_offered_to_miss_a_visit_that_an_outage_met(
    desk: Browser, services: Services
) -> None:
    one = the_one(services)
    pages = ("/", f"/bookings/{one.booking_id}")
    for path in pages:
        assert "来庁なし" in buttons_of(desk, path)
    booking_of(services).kept[one.booking_id] = one.model_copy(update={"in_outage": True})
    for path in pages:
        offered = buttons_of(desk, path)
        assert "受付" in offered and "来庁なし" not in offered
    results = words(desk.open(f"/bookings/{one.booking_id}/result").one("main"))
    assert "書類不足" in results and "来庁なし" not in results


def buttons_of(desk: Browser, path: str) -> list[str]:
    return [words(button) for button in desk.open(path).all("button", name="tick")]


def test_a_booking_shows_what_the_counter_should_know(desk: Browser, services: Services) -> None:
    kept = booking_of(services)
    kept.told = {
        "phone": "09012345678",
        "needs": ("wheelchair", "interpreter"),
        "interpreter": "th",
        "cards": 3,
        "has_inquiry": True,
        "language": "vi",
    }
    both = the_one(services).model_copy(update={"also": ("pin",)})
    kept.kept[both.booking_id] = both
    page = desk.open(f"/bookings/{both.booking_id}")
    for line in (
        "電話番号 09012345678",
        "窓口でのお手伝い 車いす、通訳（タイ語）",
        "カードの枚数 3枚",
        "照会書兼回答書 あり",
        "予約の言語 ベトナム語",
        "カードの交付・暗証番号",
    ):
        assert line in page.text


def test_a_booking_says_nothing_of_what_was_not_asked(desk: Browser, services: Services) -> None:
    text = desk.open(f"/bookings/{the_one(services).booking_id}").text
    for word in ("電話番号", "窓口でのお手伝い", "カードの枚数", "照会書兼回答書", "予約の言語"):
        assert word not in text


def test_a_booking_is_shown_also_while_its_mails_cannot_be_asked_for(
    desk: Browser, services: Services
) -> None:
    assert isinstance(services.notify, FakeNotify)
    services.notify.away = True
    page = desk.open(f"/bookings/{the_one(services).booking_id}")
    assert desk.status == 200
    assert "メールの記録を、いまは表示できません" in page.text


def test_a_tick_on_the_page_of_a_booking_leads_back_to_it(
    desk: Browser, services: Services
) -> None:
    desk.open(f"/bookings/{the_one(services).booking_id}")
    page = desk.press("受付")
    assert page.heading == "予約 8K2M4-7QX3P 受付済"
    assert "いま「受付済」です" in page.text


def test_cancelling_asks_first_and_keeps_the_reason(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    assert "予約を取り消しますか" in desk.open(cancel_path(services)).heading
    fields = {"version": desk.page.field("version"), "reason": "request"}
    page = desk.send(cancel_path(services), fields)
    assert page.heading == "予約 8K2M4-7QX3P 取消"
    assert booking_of(services).reasons == ["ご本人からの申し出"]
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.cancel|booking|honcho|done"


def test_cancelling_without_a_reason_asks_for_one(desk: Browser, services: Services) -> None:
    desk.open(cancel_path(services))
    page = desk.send(cancel_path(services), {"version": "1"})
    assert desk.status == 422
    assert words(page.one("title")).startswith("エラー：")
    assert "取り消す理由を選んでください" in page.text
    assert the_one(services).status == "confirmed"


def test_cancelling_what_was_changed_meanwhile_shows_how_it_stands(
    desk: Browser, services: Services
) -> None:
    desk.open(cancel_path(services))
    version = desk.page.field("version")
    booking_of(services).by_another_terminal(the_one(services).booking_id, "arrived")
    page = desk.send(cancel_path(services), {"version": version, "reason": "request"})
    assert desk.status == 409
    assert "受付済" in page.text
    assert the_one(services).status == "arrived"


def test_cancelling_needs_its_right(
    browser: Browser, services: Services, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "ticker", rights=["bookings.read", "bookings.tick"])
    browser.sign_in("ticker")
    page = browser.open(f"/bookings/{the_one(services).booking_id}")
    assert "予約を取り消す" not in page.text
    browser.open(cancel_path(services))
    assert browser.status == 403


def test_an_unknown_booking_is_not_found(desk: Browser) -> None:
    assert desk.open(f"/bookings/{uuid4()}").heading == "見つかりません"
    assert desk.status == 404


def test_a_mail_that_cannot_be_written_yet_says_what_it_waits_for(
    desk: Browser, services: Services
) -> None:
    assert isinstance(services.notify, FakeNotify)
    path = f"/bookings/{the_one(services).booking_id}"
    assert "届いていない" not in desk.open(path).text
    services.notify.unwritable = True
    page = desk.open(path)
    assert "送信待ち 場所か手続きの情報が届いていません" in page.text
    assert "届くと、すぐに送られます" in page.text

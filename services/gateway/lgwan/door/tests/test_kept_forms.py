"""Every form that was sent after its session had ended is there again, for its account alone."""

from collections.abc import Callable

import pytest

from dev.testing import Database
from libs.contracts.booking import CounterBooking
from services.gateway.lgwan.counter.sentences import COME_BACK
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.caller import PERSON, PIN, Call, phone_of
from services.gateway.lgwan.tests.fakes import FakeBooking
from services.gateway.lgwan.tests.filling import Filling
from services.gateway.lgwan.tests.support import PASSWORD, Browser, add_staff, log_lines, sql
from services.gateway.web.times import now

from .test_unsaved import idle, kept

KANA = "オオイタ ハナコ"


def sign_in_again(desk: Browser, staff_id: str = "tanaka") -> None:
    Filling(desk).press("サインイン", {"id": staff_id, "password": PASSWORD})


def first(services: Services) -> str:
    assert isinstance(services.booking, FakeBooking)
    return f"/bookings/{next(iter(services.booking.kept))}"


def bookings_of(services: Services) -> list[CounterBooking]:
    return [one for one in phone_of(services).wishes if isinstance(one, CounterBooking)]


def sent_too_late(desk: Browser, database: Database, path: str = "/phone") -> Call:
    """Somebody's whole booking, after a long call."""
    call = Call(desk, path)
    call.send(**PIN)
    idle(database)
    call.send("/book", **PERSON, phone="090-1234-5678")
    assert "入力したものは残してあります" in desk.page.text
    return call


@pytest.mark.parametrize("path", ["/phone", "/walk-in"])
def test_a_booking_that_was_typed_is_there_again_and_not_made(
    desk: Browser, services: Services, store_of_accounts: Database, path: str
) -> None:
    sent_too_late(desk, store_of_accounts, path)
    assert log_lines(store_of_accounts)[-1] == "tanaka|unsaved.keep|unsaved||done"
    sign_in_again(desk)
    assert desk.path == path
    assert COME_BACK in desk.page.text
    assert desk.page.field("kana") == KANA
    assert desk.page.field("phone") == "09012345678"
    assert desk.page.field("born") == "S35.4.1"
    assert not bookings_of(services)
    assert kept(store_of_accounts) == []


def test_it_goes_on_from_there(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    call = sent_too_late(desk, store_of_accounts)
    sign_in_again(desk)
    call.hold()
    call.send("/book")
    assert desk.status == 200
    assert len(bookings_of(services)) == 1


def test_what_is_kept_cannot_be_read_in_the_database(
    desk: Browser, store_of_accounts: Database
) -> None:
    sent_too_late(desk, store_of_accounts)
    (content,) = sql(store_of_accounts, "SELECT content FROM unsaved")
    assert KANA not in content
    assert not any(word in content for word in ("オオイタ", "090-1234", "kana"))


def test_another_account_at_the_same_browser_never_sees_it(
    desk: Browser, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "kudo")
    sent_too_late(desk, store_of_accounts)
    sign_in_again(desk, "kudo")
    assert desk.path == "/phone"
    assert KANA not in desk.html
    assert kept(store_of_accounts) == ["tanaka|form:/phone"]
    desk.open("/phone?kept=1")
    assert KANA not in desk.html
    page = desk.open("/")
    desk.send("/logout", {"csrf": page.field("csrf")})
    desk.sign_in()
    assert desk.open("/phone?kept=1").field("kana") == KANA


def test_another_browser_has_no_key_to_it(desk: Browser, store_of_accounts: Database) -> None:
    sent_too_late(desk, store_of_accounts)
    del desk.client.cookies["kept"]
    sign_in_again(desk)
    assert KANA not in desk.html
    assert desk.status == 200


def test_after_half_a_day_it_is_gone(desk: Browser, store_of_accounts: Database) -> None:
    sent_too_late(desk, store_of_accounts)
    sql(store_of_accounts, "UPDATE unsaved SET kept_at = now() - interval '12 hours 1 minute'")
    sign_in_again(desk)
    assert KANA not in desk.html


def test_twelve_digits_do_not_come_back(desk: Browser, store_of_accounts: Database) -> None:
    call = Call(desk)
    call.send(**PIN)
    idle(store_of_accounts)
    call.send("/book", **{**PERSON, "phone": "123456789018"})
    sign_in_again(desk)
    assert desk.page.field("kana") == KANA
    assert "123456789018" not in desk.html


def contact(services: Services) -> tuple[str, dict[str, str], str]:
    return f"{first(services)}/contact", {"email": "hanako@example.jp", "version": "1"}, "hanako@"


def person(services: Services) -> tuple[str, dict[str, str], str]:
    fields = {"card": "ABC-123456", "visitor": "self", "version": "1"}
    return f"{first(services)}/person", fields, "ABC"


def result(services: Services) -> tuple[str, dict[str, str], str]:
    fields = {"result": "papers", "reason": "later", "called": "10:31", "version": "1"}
    return f"{first(services)}/result", fields, 'value="later"'


def note(_: Services) -> tuple[str, dict[str, str], str]:
    days = {"day": "2026-12-01", "until": "2026-12-01"}
    return "/notes", {"office": "honcho", "body": "書きかけの文", **days}, "書きかけの文"


def setting(_: Services) -> tuple[str, dict[str, str], str]:
    return "/settings/offices/honcho", {"name": "書きかけの場所", "version": "1"}, "書きかけの場所"


def guidance(_: Services) -> tuple[str, dict[str, str], str]:
    return "/guidances/new", {"texts.ja": "書きかけの案内"}, "書きかけの案内"


def found(_: Services) -> tuple[str, dict[str, str], str]:
    return "/find", {"term": KANA}, KANA


def link(services: Services) -> tuple[str, dict[str, str], str]:
    page = first(services).replace("/bookings", "/phone/unlinked")
    return page, {"card": "ABC-123456", "version": "1"}, "ABC"


def table(services: Services) -> tuple[str, dict[str, str], str]:
    row = {"id-0": first(services).rpartition("/")[2], "version-0": "1", "arrived-0": "10:21"}
    day = {"office": "honcho", "day": now().date().isoformat(), "reason": "outage"}
    return "/entry", {**day, **row}, 'value="10:21"'


def filtered(_: Services) -> tuple[str, dict[str, str], str]:
    return "/bookings", {"number": "8K2M4-7QX3P", "status": "missed"}, 'value="8K2M4-7QX3P"'


SENT_TO = {"guidance": "/guidances/save", "filtered": "/bookings/search"}
"""Where that is not the address of the page."""
FORMS = (filtered, contact, person, result, note, setting, guidance, found, link, table)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_every_form_comes_back_as_it_was_typed(
    desk: Browser,
    services: Services,
    store_of_accounts: Database,
    form: Callable[[Services], tuple[str, dict[str, str], str]],
) -> None:
    page, typed, shown = form(services)
    desk.open(page)
    assert desk.status == 200
    idle(store_of_accounts)
    to = SENT_TO.get(form.__name__, page)
    desk.send(to, typed)
    assert "入力したものは残してあります" in desk.page.text
    sign_in_again(desk)
    assert (desk.path, desk.status) == (page, 200)
    assert shown in desk.html
    assert kept(store_of_accounts) == []

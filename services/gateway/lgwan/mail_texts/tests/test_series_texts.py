"""文面 of one series of an office: chosen, saved, taken back, also once the series is over."""

import pytest

from dev.testing import Database
from libs.contracts.notify import MailText
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fake_schedules import FakeSchedules
from services.gateway.lgwan.tests.fake_texts import SUPPLIED, FakeTexts
from services.gateway.lgwan.tests.fakes import FakeBooking
from services.gateway.lgwan.tests.schedule_scene import a_series, furnish
from services.gateway.lgwan.tests.support import Browser, log_lines, sql
from services.gateway.web.testing import words as words_in

from .test_texts import OWN, SHARED, cells, press

SERIES = SHARED.model_copy(update={"office_id": "honcho", "series_id": "honcho-sat"})
TABLE = "/texts?office=honcho&series=honcho-sat"
PAGE = "/texts/confirmed/ja?office=honcho&series=honcho-sat"


@pytest.fixture
def texts(services: Services) -> FakeTexts:
    assert isinstance(services.texts, FakeTexts)
    return services.texts


@pytest.fixture(autouse=True)
def several_series(services: Services) -> None:
    """本庁舎 has four, one of them on Saturdays, one without a name."""
    assert isinstance(services.booking, FakeBooking)
    assert isinstance(services.schedules, FakeSchedules)
    furnish(services.booking, services.schedules)
    services.schedules.put("honcho", a_series("nameless", name="", unit_minutes=20))


def choices(desk: Browser) -> dict[str, str]:
    """The series that one can choose: id and name."""
    options = desk.page.one("select", id="series").iter("option")
    return {one.get("value", ""): words_in(one) for one in options}


def test_the_series_of_an_office_can_be_chosen_and_only_there(desk: Browser) -> None:
    desk.open("/texts")
    assert not desk.page.all("select", id="series")
    desk.open("/texts?office=honcho")
    found = choices(desk)
    assert found == {
        "": "すべての枠",
        "honcho-30": "平日の交付",
        "nameless": "月〜金 9:00〜17:00（20分ごと）",
        "honcho-15": "平日の暗証番号",
        "honcho-sat": "土曜窓口",
    }


def test_the_table_of_a_series_has_its_procedures_and_says_whose_texts_hold(
    desk: Browser, texts: FakeTexts
) -> None:
    texts.write(SERIES, OWN)
    texts.write(SHARED.model_copy(update={"office_id": "honcho", "kind": "reminder"}), OWN)
    desk.open(TABLE)
    shown = cells(desk)
    assert next(iter(shown)) == "すべての手続き（共通）"
    assert "カードの交付" in shown
    assert "暗証番号再設定・変更" not in shown
    assert shown["すべての手続き（共通）"]["予約の受付"] == "市の文面 日本語"
    assert shown["カードの交付"]["予約の受付"] == "枠の文面"
    assert shown["カードの交付"]["前日のお知らせ"] == "場所の文面"
    links = [a.get("href") for a in desk.page.one("tbody").iter("a")]
    assert "/texts/reminder/ja?procedure=issuance&office=honcho&series=honcho-sat" in links


def test_a_text_of_a_series_is_previewed_saved_recorded_and_taken_back(
    desk: Browser, texts: FakeTexts, store_of_accounts: Database
) -> None:
    desk.open(PAGE)
    assert "すべての手続き／本庁舎1階市民課／枠「土曜窓口」" in desk.page.text
    press(desk, "preview", body="{{number}}です。{{when}}{{office}}{{link_url}}")
    assert "8K2M4-7QX3Pです。" in desk.page.text
    press(desk, "save", subject=OWN.subject, body=OWN.body)
    assert [version.text for version in texts.changes[SERIES]] == [OWN]
    assert "いま送っているのは、市の文面です" in desk.page.text
    assert log_lines(store_of_accounts)[-1] == "tanaka|text.save|text|honcho|done"
    (what,) = sql(store_of_accounts, "SELECT object_id FROM operation WHERE what = 'text.save'")
    assert what == "confirmed/ja/honcho-sat"
    press(desk, "back")
    assert "市の文面をやめました" in desk.page.text
    assert texts.changes[SERIES][-1].text is None


def test_the_text_of_one_procedure_of_a_series_says_that_the_series_has_one(
    desk: Browser, texts: FakeTexts
) -> None:
    texts.write(SERIES, OWN)
    desk.open("/texts/confirmed/ja?procedure=issuance&office=honcho&series=honcho-sat")
    assert "いま送っているのは、枠の文面です" in desk.page.text
    assert desk.page.field("subject") == OWN.subject


def test_a_series_that_is_no_more_is_shown_while_it_has_a_text(
    desk: Browser, texts: FakeTexts
) -> None:
    gone = SHARED.model_copy(update={"office_id": "honcho", "series_id": "summer"})
    texts.write(gone, MailText(subject="【大分市】夏の枠", body=SUPPLIED.body))
    desk.open("/texts?office=honcho")
    assert choices(desk)["summer"] == "終わった枠（summer）"
    desk.open("/texts?office=honcho&series=summer")
    assert cells(desk)["すべての手続き（共通）"]["予約の受付"] == "市の文面 日本語"
    desk.open("/texts/confirmed/ja?office=honcho&series=summer")
    press(desk, "back")
    desk.open("/texts?office=honcho")
    assert "summer" not in choices(desk)


def test_a_series_that_nobody_knows_is_a_page_that_is_not_there(desk: Browser) -> None:
    desk.open("/texts/confirmed/ja?office=honcho&series=nowhere")
    assert desk.status == 404
    desk.open("/texts?office=honcho&series=nowhere")
    assert choices(desk)
    options = desk.page.one("select", id="series").iter("option")
    chosen = [one for one in options if one.get("selected") is not None]
    assert [one.get("value") for one in chosen] == [""]

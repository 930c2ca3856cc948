"""来庁日の案内: written with a preview, kept with a history, and who was mailed an older one."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from dev.testing import Database
from libs.contracts.booking import GuidanceCheck, GuidanceProblem, GuidanceVersion, Overlap
from libs.contracts.notify import MailedOtherwise, MailedVisit
from libs.contracts.times import JST
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fake_offers import CHANGED_AT, FakeOffers
from services.gateway.lgwan.tests.fake_texts import FakeTexts
from services.gateway.lgwan.tests.filling import Filling
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines
from services.gateway.web.link import Unreachable

EAST = "東口からお入りください。"
TYPED = {
    "office": ["honcho"],
    "from_day": "2026-12-05",
    "until_day": "2026-12-06",
    "texts.ja": EAST,
    "texts.en": "Use the east door.",
}
DAYS = (date(2026, 12, 5), date(2026, 12, 6))
FIRST = UUID(int=1)


@pytest.fixture
def offers(services: Services) -> FakeOffers:
    assert isinstance(services.offers, FakeOffers)
    services.offers.guidance_check = GuidanceCheck(days=DAYS, standing=3)
    return services.offers


@pytest.fixture
def texts(services: Services) -> FakeTexts:
    assert isinstance(services.texts, FakeTexts)
    return services.texts


def keep(offers: FakeOffers, *office_ids: str) -> str:
    """A guidance that is there already; the address of its page."""
    state = GuidanceVersion(
        office_ids=office_ids or ("honcho",), from_day=DAYS[0], until_day=DAYS[1], version=1,
        texts={"ja": EAST}, ended=False, by="suzuki", at=CHANGED_AT,
    )  # fmt: skip
    offers.guided[FIRST] = [state]
    return f"/guidances/{FIRST}"


def test_one_is_written_looked_at_in_each_language_and_saved_once(
    desk: Browser, offers: FakeOffers, store_of_accounts: Database
) -> None:
    overlap = Overlap(office_id="honcho", days=DAYS[:1], texts={"ja": "正面は混み合います。"})
    offers.guidance_check = offers.guidance_check.model_copy(update={"overlaps": (overlap,)})
    clerk = Filling(desk)
    clerk.open("/guidances/new")
    shown = clerk.press("見本を表示する", TYPED).text
    for said in (
        "12月5日（土）、12月6日（日）", "3件", "正面は混み合います。", "Use the east door.",
        "どちらも、次の順で並びます",
    ):  # fmt: skip
        assert said in shown
    assert offers.guided == {}
    assert "保存しました" in clerk.press("保存する").text
    assert offers.guided[FIRST][0].texts == {"ja": EAST, "en": "Use the east door."}
    assert offers.guided[FIRST][0].from_day == DAYS[0]
    assert log_lines(store_of_accounts)[-1] == "tanaka|guidance.save|guidance|honcho|done"


def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(
    desk: Browser, offers: FakeOffers
) -> None:
    problems = (
        GuidanceProblem(field="until_day", reason="period"),
        GuidanceProblem(field="texts.vi", reason="too-long"),
    )
    offers.guidance_check = GuidanceCheck(problems=problems)
    clerk = Filling(desk)
    clerk.open("/guidances/new")
    page = clerk.press("見本を表示する", TYPED)
    assert (desk.status, "終わりの日が" in page.text) == (422, True)
    assert "ベトナム語：長すぎます。" in page.text
    assert EAST in page.text
    assert "保存する" not in [word.text for word in page.all("button")]


def test_twelve_digits_are_neither_kept_nor_sent_on(desk: Browser, offers: FakeOffers) -> None:
    clerk = Filling(desk)
    clerk.open("/guidances/new")
    page = clerk.press("見本を表示する", {**TYPED, "texts.ja": "1234 5678 9018"})
    assert desk.status == 422
    assert "1234" not in page.text


def test_a_change_by_somebody_else_is_told_and_nothing_typed_is_lost(
    desk: Browser, offers: FakeOffers
) -> None:
    clerk = Filling(desk)
    clerk.open(keep(offers))
    offers.guided[FIRST].insert(0, offers.guided[FIRST][0].model_copy(update={"version": 2}))
    page = clerk.press("保存する", {"texts.ja": "西口へ。"})
    assert desk.status == 409
    assert "ほかの職員が先に変更していました" in page.text
    assert "西口へ。" in page.text
    assert "保存しました" in clerk.press("保存する").text
    assert offers.guided[FIRST][0].texts["ja"] == "西口へ。"


def test_one_is_ended_and_stays_in_the_history(
    desk: Browser, offers: FakeOffers, store_of_accounts: Database
) -> None:
    clerk = Filling(desk)
    clerk.open(keep(offers))
    assert "この案内を終えました" in clerk.press("この案内を終える").text
    assert EAST not in clerk.page.text
    assert log_lines(store_of_accounts)[-1] == "tanaka|guidance.end|guidance|honcho|done"
    assert EAST in clerk.press("終わった案内も表示").text
    page = clerk.open(f"/guidances/{FIRST}")
    assert "終えました" in page.text
    assert "suzuki" in page.text


def test_the_page_names_who_was_mailed_another_text(
    desk: Browser, offers: FakeOffers, texts: FakeTexts
) -> None:
    at = datetime(2026, 12, 5, 10, tzinfo=JST)
    visit = MailedVisit(
        booking_id=UUID(int=7), number="8K2M47QX3P", office_id="honcho", starts_at=at,
        mailed_at=at - timedelta(days=3), reminded=True,
    )  # fmt: skip
    path = keep(offers)
    assert "前の案内のメールが届いている方はいません" in desk.open(path).text
    texts.otherwise = MailedOtherwise(visits=(visit,), total=2)
    page = desk.open(path)
    for said in ("（2件）", "8K2M4-7QX3P", "電話で伝えてください", "来庁日の近い1件です"):
        assert said in page.text


def test_while_notify_is_away_the_page_says_so(
    desk: Browser, offers: FakeOffers, texts: FakeTexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> MailedOtherwise:
        raise Unreachable("notify")

    monkeypatch.setattr(texts, "mailed_otherwise", away)
    assert "メールの状況を、いま確かめられません" in desk.open(keep(offers)).text


def test_who_serves_not_all_of_its_offices_only_reads_it(
    desk: Browser, offers: FakeOffers, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "here", offices=["honcho"], rights=["texts.edit"])
    desk.sign_in("here")
    page = desk.open(keep(offers, "honcho", "akeno"))
    assert "すべての場所を担当している方だけが" in page.text
    assert not page.all("button", formaction="/guidances/save")


def test_without_the_right_there_is_no_page(desk: Browser, store_of_accounts: Database) -> None:
    add_staff(store_of_accounts, "plain", rights=["bookings.read"])
    desk.sign_in("plain")
    desk.open("/guidances")
    assert desk.status == 403

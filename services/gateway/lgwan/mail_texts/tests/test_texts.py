"""文面: the table of texts, and one text seen, tried, saved, taken back."""

from itertools import product
from typing import get_args

import pytest

from dev.testing import Database
from libs.contracts.booking import Language
from libs.contracts.notify import MailKind, MailText, TextPlace, TrialReply
from services.gateway.lgwan.door import words
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.mail_texts import letters
from services.gateway.lgwan.tests.fake_texts import SUPPLIED, FakeTexts
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines, sql
from services.gateway.web.testing import words as words_in

SHARED = TextPlace(kind="confirmed", language="ja")
PIN = SHARED.model_copy(update={"procedure_id": "pin"})
OWN = MailText(subject="【大分市】ご来庁の予約", body=SUPPLIED.body)
PAGE = "/texts/confirmed/ja"
DIGITS = "1234 5678 9018"


@pytest.fixture
def texts(services: Services) -> FakeTexts:
    assert isinstance(services.texts, FakeTexts)
    return services.texts


def fields(desk: Browser, **more: str) -> dict[str, str]:
    """The form of a text as it is shown, with `more` typed into it."""
    hidden = ("kind", "language", "procedure", "office", "series", "version")
    shown = {name: desk.page.field(name) for name in (*hidden, "subject", "to")}
    body = desk.page.one("textarea", name="body").text or ""
    return {**shown, "body": body.removeprefix("\n"), **more}


def press(desk: Browser, what: str, **typed: str) -> None:
    desk.send(f"/texts/{what}", fields(desk, **typed))


def cells(desk: Browser) -> dict[str, dict[str, str]]:
    """What the table says, by procedure and kind."""
    kinds = [words_in(cell) for cell in desk.page.one("thead").iter("th")]
    rows = [[words_in(cell) for cell in row] for row in desk.page.one("tbody").iter("tr")]
    return {row[0]: dict(zip(kinds[1:], row[1:], strict=True)) for row in rows}


def test_every_kind_and_language_of_mails_has_words_here() -> None:
    assert set(words.MAIL_KIND) == set(get_args(MailKind))
    assert set(words.LANGUAGE) == set(get_args(Language))


def test_the_table_says_where_the_text_of_each_procedure_and_kind_is_from(
    desk: Browser, texts: FakeTexts
) -> None:
    texts.write(SHARED, OWN)
    texts.write(PIN.model_copy(update={"office_id": "akeno"}), OWN)
    texts.write(SHARED.model_copy(update={"office_id": "akeno", "kind": "reminder"}), OWN)
    texts.write(PIN.model_copy(update={"language": "en"}), OWN)
    desk.open("/texts")
    shown = cells(desk)
    assert shown["すべての手続き（共通）"]["予約の受付"] == "市の文面 日本語"
    assert shown["カードの交付"]["予約の受付"] == "共通の文面"
    assert shown["カードの交付"]["日時の変更"] == "標準の文面"
    assert shown["暗証番号再設定・変更"]["予約の受付"] == "市の文面 英語"
    desk.open("/texts?office=akeno")
    shown = cells(desk)
    assert shown["すべての手続き（共通）"]["前日のお知らせ"] == "市の文面 日本語"
    assert shown["カードの交付"]["予約の受付"] == "共通の文面"
    assert shown["カードの交付"]["前日のお知らせ"] == "場所の文面"
    assert shown["カードの交付"]["取り消し"] == "標準の文面"
    assert shown["暗証番号再設定・変更"]["予約の受付"] == "市の文面 日本語"


def test_each_cell_leads_to_its_own_text(desk: Browser) -> None:
    desk.open("/texts?office=akeno")
    links = [a.get("href") for a in desk.page.one("tbody").iter("a")]
    assert links[0] == "/texts/confirmed/ja?office=akeno"
    assert "/texts/reminder/ja?procedure=pin&office=akeno" in links
    desk.open("/texts/reminder/ja?procedure=pin&office=akeno")
    assert desk.page.heading == "「前日のお知らせ」のメールの文面"
    assert "暗証番号再設定・変更／明野支所" in desk.page.text


def test_a_text_is_shown_with_its_sample_and_what_can_be_put_in(desk: Browser) -> None:
    desk.open(PAGE)
    assert fields(desk)["subject"] == SUPPLIED.subject
    assert fields(desk)["body"] == SUPPLIED.body
    assert "予約番号：8K2M4-7QX3P" in desk.page.text
    assert "{{number}} 予約番号 必要" in desk.page.text
    assert "{{procedure}} 手続きの名前" in desk.page.text
    assert "標準の文面のままの言語：日本語、やさしい日本語、英語" in desk.page.text


def test_a_saved_text_is_kept_shown_and_recorded(
    desk: Browser, texts: FakeTexts, store_of_accounts: Database
) -> None:
    desk.open(PAGE + "?procedure=pin&office=akeno")
    press(desk, "save", subject=OWN.subject, body=OWN.body.replace("\n", "\r\n"))
    assert "保存しました" in desk.page.text
    place = PIN.model_copy(update={"office_id": "akeno"})
    assert [version.text for version in texts.changes[place]] == [OWN]
    assert "いま送っているのは、市の文面です" in desk.page.text
    assert "標準の文面のままの言語：やさしい日本語、英語" in desk.page.text
    assert log_lines(store_of_accounts)[-1] == "tanaka|text.save|text|akeno|done"
    (kept,) = sql(store_of_accounts, "SELECT object_id FROM operation WHERE what = 'text.save'")
    assert kept == "confirmed/ja/pin"


def test_a_preview_shows_what_was_typed_and_keeps_nothing(
    desk: Browser, texts: FakeTexts, store_of_accounts: Database
) -> None:
    desk.open(PAGE)
    press(desk, "preview", body="{{number}}です。{{when}}{{office}}{{link_url}}")
    assert desk.status == 200
    assert "8K2M4-7QX3Pです。" in desk.page.text
    assert fields(desk)["body"].startswith("{{number}}です。")
    assert texts.changes == {}
    assert [line.split("|")[1] for line in log_lines(store_of_accounts)] == ["sign-in"]


@pytest.mark.parametrize("button", ["save", "preview", "trial"])
def test_what_is_wrong_stands_at_its_field_and_the_text_stays(
    desk: Browser, texts: FakeTexts, button: str
) -> None:
    desk.open(PAGE)
    typed = {"subject": "暗証番号のご予約", "body": "{{name}}様 {{number}} {{when}} {{office}}"}
    press(desk, button, **typed, to="a@example.jp")
    assert desk.status == 422
    told = {name: words_in(desk.page.one("p", id=f"{name}-error")) for name in typed}
    assert "件名に「暗証番号」は使えません" in told["subject"]
    assert "「{{name}}」という差し込みはありません" in told["body"]
    assert (
        "「{{link_url}}」（本人の予約を開くリンク（番号の入力なし））か「{{find_url}}」"
        in told["body"]
    )
    assert {name: fields(desk)[name] for name in typed} == typed
    assert (texts.changes, texts.sent) == ({}, [])


@pytest.mark.parametrize(
    ("button", "field"),
    [
        *product(("save", "preview", "trial"), ("subject", "body")),
        *product(("preview", "trial"), ("to",)),
    ],
)
def test_twelve_digits_are_neither_passed_on_nor_shown_and_the_rest_of_the_text_stays(
    desk: Browser, texts: FakeTexts, button: str, field: str
) -> None:
    desk.open(PAGE)
    typed = {"subject": OWN.subject, "body": "（本文）\n" + OWN.body, "to": "a@example.jp"}
    press(desk, button, **{**typed, field: typed[field] + DIGITS})
    assert desk.status == 422
    assert "マイナンバーはメールに書けません" in words_in(desk.page.one("p", id=f"{field}-error"))
    assert DIGITS not in desk.html
    if field != "to":
        assert fields(desk)[field] == typed[field] + "（12桁の数字）"
    assert (texts.changes, texts.sent) == ({}, [])


def test_a_text_that_somebody_else_changed_first_is_not_written_over_unseen(
    desk: Browser, texts: FakeTexts, store_of_accounts: Database
) -> None:
    desk.open(PAGE)
    texts.write(SHARED, OWN)
    press(desk, "save", subject="【大分市】こちらの件名")
    assert desk.status == 409
    assert "suzukiさんが変更したため" in desk.page.text
    assert OWN.subject in desk.page.text
    assert fields(desk)["subject"] == "【大分市】こちらの件名"
    assert texts.changes[SHARED][-1].text == OWN
    assert log_lines(store_of_accounts)[-1] == "tanaka|text.save|text||version-conflict"
    press(desk, "save")
    assert [version.by for version in texts.changes[SHARED]] == ["suzuki", "tanaka"]


def test_a_form_sent_twice_has_one_key_and_another_text_another(
    desk: Browser, texts: FakeTexts
) -> None:
    desk.open(PAGE)
    same = {**fields(desk), "key": desk.page.field("key"), "csrf": desk.page.field("csrf")}
    for _ in range(2):
        desk.send("/texts/save", same)
    assert len(texts.changes[SHARED]) == len(texts.keys) == 1
    desk.send("/texts/save", {**same, "subject": OWN.subject})
    assert desk.status == 409


def test_an_old_text_comes_back_and_the_citys_text_can_be_given_up(
    desk: Browser, texts: FakeTexts, store_of_accounts: Database
) -> None:
    second = MailText(subject="【大分市】二つ目", body=OWN.body)
    texts.write(SHARED, OWN)
    texts.write(SHARED, second)
    desk.open(PAGE)
    press(desk, "restore", wanted="1")
    assert "前の文面に戻しました" in desk.page.text
    assert texts.changes[SHARED][-1].text == OWN
    assert "やめると、標準の文面に戻ります" in desk.page.text
    press(desk, "back")
    assert texts.changes[SHARED][-1].text is None
    assert "いま送っているのは、標準の文面です" in desk.page.text
    done = [line.split("|")[1] for line in log_lines(store_of_accounts)]
    assert done[-2:] == ["text.restore", "text.back"]
    press(desk, "restore", wanted="9")
    assert desk.status == 404


def test_an_old_text_that_breaks_a_rule_of_today_is_put_into_the_form_instead(
    desk: Browser, texts: FakeTexts
) -> None:
    texts.write(SHARED, MailText(subject="暗証番号", body=OWN.body))
    texts.write(SHARED, OWN)
    desk.open(PAGE)
    press(desk, "restore", wanted="1")
    assert (desk.status, fields(desk)["subject"]) == (422, "暗証番号")
    assert "いまの決まりに合わないため戻せません" in desk.page.text
    assert texts.changes[SHARED][-1].text == OWN


def test_a_test_mail_has_the_typed_text_and_its_address_is_nowhere_afterwards(
    desk: Browser, texts: FakeTexts, store_of_accounts: Database
) -> None:
    desk.open(PAGE)
    press(desk, "trial", subject=OWN.subject, to=" Kakari@City.example.jp ")
    ((sent, _),) = texts.sent
    assert (sent.to, sent.text.subject) == ("Kakari@city.example.jp", OWN.subject)
    assert "試験メールを送りました" in desk.page.text
    assert "akari@" not in desk.html
    assert fields(desk)["subject"] == OWN.subject
    log = sql(store_of_accounts, "SELECT operation.*::text FROM operation")
    assert log_lines(store_of_accounts)[-1] == "tanaka|text.trial|text||done"
    assert "akari@" not in str(log)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (TrialReply(result="refused", reply="550 5.1.1"), "受け付けませんでした（550 5.1.1）"),
        (TrialReply(result="later", reply=""), "少し待ってから"),
    ],
)
def test_what_came_of_a_test_mail_is_said(
    desk: Browser, texts: FakeTexts, reply: TrialReply, said: str, store_of_accounts: Database
) -> None:
    texts.answer = reply
    desk.open(PAGE)
    press(desk, "trial", to="a@example.jp")
    assert said in desk.page.text
    assert fields(desk)["to"] == "a@example.jp"
    assert log_lines(store_of_accounts)[-1].endswith(f"|{reply.result}")


@pytest.mark.parametrize(
    ("to", "status", "said"),
    [
        ("", 422, "宛先を入力してください"),
        ("kakari", 422, "「@」がありません"),
        ("a@docomo.example", 422, "このアドレスには送れません"),
    ],
)
def test_an_address_that_is_none_is_said_at_its_field(
    desk: Browser, texts: FakeTexts, to: str, status: int, said: str
) -> None:
    desk.open(PAGE)
    press(desk, "trial", to=to)
    assert desk.status == status
    assert said in words_in(desk.page.one("p", id="to-error"))
    assert texts.sent == []


def test_too_many_test_mails_are_refused_with_the_reason(desk: Browser, texts: FakeTexts) -> None:
    desk.open(PAGE)
    for _ in range(11):
        press(desk, "trial", to="a@example.jp")
    assert (desk.status, len(texts.sent)) == (429, 10)
    assert "1時間に10通まで" in words_in(desk.page.one("p", id="to-error"))


def test_who_serves_one_office_changes_its_texts_and_reads_those_of_all(
    browser: Browser, texts: FakeTexts, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "branch", rights=["texts.edit"], offices=["akeno"])
    browser.sign_in("branch")
    browser.open("/texts")
    offices = [words_in(option) for option in browser.page.all("option")]
    assert offices == ["すべての場所", "明野支所"]
    browser.open(PAGE)
    assert "だけが変えられます" in browser.page.text
    assert not browser.page.all("button", formaction="/texts/save")
    press(browser, "save")
    assert browser.status == 403
    browser.open(PAGE + "?office=akeno")
    press(browser, "save", subject=OWN.subject)
    assert "保存しました" in browser.page.text
    assert list(texts.changes) == [SHARED.model_copy(update={"office_id": "akeno"})]


@pytest.mark.parametrize(
    "path",
    [PAGE + "?office=honcho", PAGE + "?procedure=nowhere", "/texts/invited/ja", "/texts/x/y"],
)
def test_a_text_out_of_reach_and_one_that_does_not_exist_look_alike(
    browser: Browser, store_of_accounts: Database, path: str
) -> None:
    add_staff(store_of_accounts, "branch", rights=["texts.edit"], offices=["akeno"])
    browser.sign_in("branch")
    browser.open(path)
    assert (browser.status, browser.page.heading) == (404, "見つかりません")


def test_texts_need_their_right(browser: Browser, store_of_accounts: Database) -> None:
    add_staff(store_of_accounts, "clerk", rights=["bookings.read"])
    browser.sign_in("clerk")
    assert "文面" not in words_in(browser.page.one("nav", **{"class": "menu"}))
    token = {"csrf": browser.page.field("csrf"), "key": "k" * 20}
    for path in ("/texts", PAGE):
        browser.open(path)
        assert browser.status == 403
    for path in ("save", "preview", "trial", "back", "restore"):
        browser.send(f"/texts/{path}", {**token, "kind": "confirmed", "language": "ja"})
        assert browser.status == 403


def test_a_text_too_long_for_any_form_is_refused(desk: Browser) -> None:
    desk.open(PAGE)
    press(desk, "save", body="あ" * (letters.LONGEST_FIELD + 1))
    assert desk.status == 400

"""Settings of offices and procedures: forms, refusals, two people, the log, the preview."""

import re
from typing import Any

import pytest

from dev.testing import Database
from libs.contracts.booking import Office, Procedure, SettingProblem
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.door.staff import ROLES
from services.gateway.lgwan.tests.fake_offers import WARNED, FakeOffers
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines, sitting_at
from services.gateway.web.testing import Page

PIN = "/settings/procedures/pin"
HONCHO = "/settings/offices/honcho"
MINUTES = SettingProblem(field="minutes", code="minutes", facts={"step": 5, "most": 240})


def offers_of(services: Services) -> FakeOffers:
    assert isinstance(services.offers, FakeOffers)
    return services.offers


def typed(page: Page) -> dict[str, Any]:
    """The form as it stands, as a browser would send it."""
    form = next(f for f in page.all("form") if "data-preview" in f.attrib)
    found: dict[str, Any] = {}
    for field in form.iter("input"):
        name, value = field.get("name", ""), field.get("value", "on")
        if field.get("type") in ("checkbox", "radio"):
            if "checked" in field.attrib:
                found.setdefault(name, []).append(value)
        else:
            found[name] = field.get("value", "")
    for area in form.iter("textarea"):
        found[area.get("name", "")] = (area.text or "").removeprefix("\n")
    return found


def send(desk: Browser, path: str, /, to: str = "", **changes: Any) -> Page:
    desk.open(path)
    return resend(desk, path + to, **changes)


def resend(desk: Browser, path: str, /, **changes: Any) -> Page:
    """The form on the screen with some answers changed; `__` stands for a dot."""
    fields = {**typed(desk.page), **{k.replace("__", "."): v for k, v in changes.items()}}
    return desk.send(path, {name: v for name, v in fields.items() if v is not None})


def saved(services: Services) -> Office | Procedure:
    return offers_of(services).saved[-1][2]


def test_offices_and_procedures_are_listed_with_their_way_into_the_form(desk: Browser) -> None:
    page = desk.open("/settings")
    assert page.heading == "設定"
    assert page.all("a", href=HONCHO)
    assert page.all("a", href=PIN)
    assert desk.open(HONCHO).heading == "本庁舎1階市民課の設定"
    assert desk.open(PIN).heading == "暗証番号再設定・変更の設定"


def test_a_form_that_is_sent_as_it_stands_changes_nothing(
    desk: Browser, services: Services
) -> None:
    for path in (HONCHO, PIN, "/settings/procedures/issuance", "/settings/procedures/certificate"):
        send(desk, path)
        assert desk.status == 200
        assert desk.page.text.count("保存しました")
        offers = offers_of(services)
        known = offers.logs[path.rpartition("/")[2]][0]
        assert known.changes == ()


def test_every_setting_of_a_procedure_is_sent_as_it_was_typed(
    desk: Browser, services: Services
) -> None:
    send(
        desk, PIN,
        plain="暗証番号を忘れた", minutes="２０", online="paused", hidden="1", outcomes=["done"],
        opens_days_before="60", closes_days_before="0", changes_days_before="2", email="required",
        phone="optional", asks_needs=None, asks_cards="1", joins="max", party_limit="2",
        group="certificate", documents="カード\n\n 委任状 \n", notes="",
        come__proxy="yes", rules__proxy__documents="委任状",
        come__guardian="phone", rules__guardian__phone_reason="お電話ください。",
        texts__en__name="PIN", texts__en__rules__proxy__documents="Letter",
    )  # fmt: skip
    assert desk.status == 200
    made = saved(services)
    assert isinstance(made, Procedure)
    assert (made.plain, made.minutes, made.online, made.hidden) == (
        "暗証番号を忘れた", 20, "paused", True,
    )  # fmt: skip
    assert (made.opens_days_before, made.closes_days_before, made.changes_days_before) == (60, 0, 2)
    assert (made.email, made.phone, made.asks_needs, made.asks_cards) == (
        "required", "optional", False, True,
    )  # fmt: skip
    assert (made.joins, made.party_limit, made.group) == ("max", 2, "certificate")
    assert (made.documents, made.notes) == (("カード", "委任状"), ())
    assert made.rule("proxy").documents == ("委任状",)
    assert made.rule("guardian").phone_reason == "お電話ください。"
    assert made.texts["en"].name == "PIN"
    assert [r.documents for r in made.texts["en"].visitors if r.visitor == "proxy"] == [("Letter",)]


def test_an_office_gets_an_address_from_a_day_on(desk: Browser, services: Services) -> None:
    send(
        desk, HONCHO, later__1__from_day="2027-04-01", later__1__address="大分市新町1番1号",
        later__1__texts__en="1-1 Shinmachi", phone="０９７−５３４−００００",
    )  # fmt: skip
    assert desk.status == 200
    made = saved(services)
    assert isinstance(made, Office)
    [moved] = made.later
    assert (moved.from_day.isoformat(), moved.address) == ("2027-04-01", "大分市新町1番1号")
    assert moved.texts == {"en": "1-1 Shinmachi"}
    assert made.phone == "097-534-0000"
    assert "2027年4月1日（木）から：大分市新町1番1号" in desk.page.text


@pytest.mark.parametrize(
    ("path", "changes", "sentence"),
    [
        (PIN, {"minutes": "十五"}, "窓口での時間：数字で入力してください。"),
        (PIN, {"come__proxy": "phone", "rules__proxy__phone_reason": ""}, "理由を入力"),
        (PIN, {"online": "sometimes"}, "どれか1つを選んでください。"),
        (PIN, {"name": "1234 5678 9018"}, "マイナンバーはこの予約では使いません"),
        (HONCHO, {"later__1__from_day": "2027-02-30"}, "カレンダーにある日を"),
        (HONCHO, {"later__1__address": "大分市新町1番1号"}, "新しい住所になる日を"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field_and_the_rest_is_kept(
    desk: Browser, services: Services, path: str, changes: dict[str, str], sentence: str
) -> None:
    send(desk, path, position="77", **changes)
    assert desk.status == 422
    assert (desk.page.one("title").text or "").startswith("エラー：")
    assert sentence in desk.page.text
    assert desk.page.field("position") == "77"
    assert "1234 5678 9018" not in desk.html
    assert offers_of(services).saved == []


def test_what_booking_refuses_is_said_at_its_field(desk: Browser, services: Services) -> None:
    offers_of(services).problems = (
        MINUTES,
        SettingProblem(field="outcomes", code="missing"),
        SettingProblem(field="texts.en.name", code="too-long", facts={"most": 320}),
    )
    send(desk, PIN, minutes="12")
    assert desk.status == 422
    assert desk.page.one("input", id="minutes").get("aria-invalid") == "true"
    assert "5分きざみで" in desk.page.text
    assert "窓口で記録する結果：選んでください。" in desk.page.text
    folded = [d for d in desk.page.all("details") if "ことば（英語）" in "".join(d.itertext())]
    assert "open" in folded[0].attrib
    assert offers_of(services).saved == []


def test_what_would_surprise_is_confirmed_before_it_is_saved(
    desk: Browser, services: Services
) -> None:
    offers = offers_of(services)
    offers.warnings = (WARNED,)
    send(desk, PIN, minutes="20")
    assert "まだ保存していません" in desk.page.text
    assert "12件は、取ったときの長さのままです" in desk.page.text
    assert offers.saved == []
    resend(desk, PIN)
    assert "保存しました" in desk.page.text
    assert len(offers.saved) == 1


def test_another_surprise_is_confirmed_again_and_a_known_one_is_not(
    desk: Browser, services: Services
) -> None:
    offers = offers_of(services)
    offers.warnings = (WARNED,)
    send(desk, PIN, minutes="20")
    offers.warnings = (WARNED.model_copy(update={"facts": {"count": 13}}),)
    resend(desk, PIN)
    assert "まだ保存していません" in desk.page.text
    offers.told = offers.warnings
    send(desk, PIN, minutes="20")
    assert "保存しました" in desk.page.text


def test_the_second_of_two_chooses_between_both_versions(desk: Browser, services: Services) -> None:
    """Suzuki changed the minutes and the heading meanwhile; Tanaka the heading and the name."""
    offers = offers_of(services)
    desk.open(PIN)
    offers.by_another("pin", minutes=20, plain="鈴木の見出し")
    resend(desk, PIN, plain="田中の見出し", name="田中の名前")
    assert desk.status == 409
    assert "suzukiさんが変更しています" in desk.page.text
    chosen = {
        e.get("name", ""): e.get("value", "") for e in desk.page.all("input", type="radio")
        if "checked" in e.attrib
    }  # fmt: skip
    assert chosen == {
        "choice-plain": "mine", "choice-name": "mine", "choice-minutes": "theirs",
    }  # fmt: skip
    for words in ("鈴木の見出し", "田中の見出し", "田中の名前", "15分", "20分"):
        assert words in desk.page.text
    assert offers.saved == []
    hidden = {e.get("name", ""): e.get("value", "") for e in desk.page.all("input", type="hidden")}
    desk.send(f"{PIN}/merge", {**hidden, **chosen, "choice-plain": "theirs"})
    made = saved(services)
    assert isinstance(made, Procedure)
    assert (made.plain, made.name, made.minutes) == ("鈴木の見出し", "田中の名前", 20)
    assert made.documents == offers.procedures["pin"].documents


def test_a_third_change_while_choosing_is_shown_again(desk: Browser, services: Services) -> None:
    offers = offers_of(services)
    desk.open(PIN)
    offers.by_another("pin", minutes=20)
    resend(desk, PIN, name="田中の名前")
    hidden = {e.get("name", ""): e.get("value", "") for e in desk.page.all("input", type="hidden")}
    offers.by_another("pin", name="第三の名前")
    desk.send(f"{PIN}/merge", {**hidden, "choice-name": "mine", "choice-minutes": "theirs"})
    assert desk.status == 409
    assert "第三の名前" in desk.page.text
    assert offers.saved == []


def test_who_changed_what_is_shown_with_both_values(desk: Browser, services: Services) -> None:
    offers_of(services).by_another(
        "pin", minutes=20, email="required", documents=("カード", "委任状"), hidden=True
    )
    text = desk.open(PIN).text
    assert "suzuki 窓口での時間 15分 20分" in text
    assert "メールアドレス 任意 必須" in text
    assert "予約サイトに出さない いいえ はい" in text


def test_the_preview_shows_the_citizens_page_in_every_language_without_saving(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    page = send(
        desk, PIN, to="/preview", plain="新しい<見出し>", minutes="20", documents="筆記用具"
    )
    assert desk.status == 200
    assert "新しい<見出し>" in page.text
    assert "窓口での時間は約20分" in page.text
    assert "筆記用具" in page.text
    shown = {e.get("lang") for e in page.all("div") if e.get("class") == "citizens-page"}
    assert shown == {"ja", "en", "zh-CN", "ko", "vi"}
    assert "about 20 minutes" in page.text
    assert (
        "お聞きすること：氏名（カタカナかローマ字）、生年月日、メールアドレス（任意）" in page.text
    )
    assert page.field("minutes") == "20"
    assert offers_of(services).saved == []
    assert not [line for line in log_lines(store_of_accounts) if "procedure" in line]


def test_the_script_gets_the_part_of_the_page_alone(desk: Browser, services: Services) -> None:
    offers_of(services).problems = (MINUTES,)
    desk.open(PIN)
    fields = {**typed(desk.page), "minutes": "12"}
    headers = {"origin": "http://127.0.0.1:8001", "x-part": "preview"}
    answer = desk.client.post(f"{PIN}/preview", data=fields, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["x-part"] == "preview"
    assert "<html" not in answer.text
    assert "このままでは保存できません" in answer.text
    assert '<a href="#minutes">窓口での時間</a>' in answer.text


def test_a_new_procedure_and_a_new_office_begin_with_sound_values(
    desk: Browser, services: Services
) -> None:
    send(desk, "/settings/procedures/new", name="新しい手続き", plain="新しい")
    made = saved(services)
    assert isinstance(made, Procedure)
    assert (made.minutes, made.online, made.visitors) == (
        30, "paused", ("self", "guardian", "proxy"),
    )  # fmt: skip
    assert desk.page.heading == "新しい手続きの設定"
    send(
        desk, "/settings/offices/new", name="新支所", kana="しん", address="大分市",
        phone="097-534-0001",
    )  # fmt: skip
    assert isinstance(saved(services), Office)
    assert desk.page.heading == "新支所の設定"


def test_a_page_stays_light(desk: Browser) -> None:
    for path in ("/settings", HONCHO, "/settings/procedures/issuance"):
        answer = desk.client.get(path, headers={"accept-encoding": "gzip"})
        assert int(answer.headers["content-length"]) < 30_000
        assert len(answer.content) < 90_000


def test_every_change_is_in_the_operation_log(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    send(desk, HONCHO, name="本庁舎")
    send(desk, "/settings/procedures/new", name="新しい手続き", plain="新しい")
    offers_of(services).problems = (MINUTES,)
    send(desk, PIN)
    assert log_lines(store_of_accounts)[-3:] == [
        "tanaka|office.change|office|honcho|done",
        "tanaka|procedure.add|procedure||done",
        "tanaka|procedure.change|procedure||setting-refused",
    ]


def test_settings_need_their_right_and_procedures_every_office(
    store_of_accounts: Database, services: Services
) -> None:
    add_staff(store_of_accounts, "kudo", rights=["bookings.read"])
    add_staff(store_of_accounts, "abe", ["settings.edit", "deadlines.edit"], ["honcho"])
    with sitting_at(store_of_accounts.url, services) as kudo:
        kudo.sign_in("kudo")
        assert "設定" not in kudo.open("/").text
        kudo.open("/settings")
        assert kudo.status == 403
    with sitting_at(store_of_accounts.url, services) as abe:
        abe.sign_in("abe")
        page = abe.open("/settings")
        assert "本庁舎" in page.text
        assert "鶴崎支所" not in page.text
        assert not page.all("a", href=PIN)
        for path, status in ((HONCHO, 200), ("/settings/offices/tsurusaki", 404), (PIN, 403)):
            abe.open(path)
            assert abe.status == status


@pytest.mark.parametrize(
    "path",
    ["/settings/offices/..%2Fcatalog", "/settings/offices/A.b", "/settings/offices/o123456789018"],
)
def test_an_id_that_is_none_leads_nowhere(desk: Browser, path: str) -> None:
    desk.open(path)
    assert desk.status == 404


def test_twelve_digits_in_any_field_of_settings_go_nowhere(
    desk: Browser, services: Services
) -> None:
    for path in (HONCHO, PIN):
        desk.open(path)
        fields = typed(desk.page)
        names = [n for n in fields if n not in ("csrf", "key", "version", "confirmed")]
        for to in ("", "/preview", "/merge"):
            sent = {**fields, **dict.fromkeys(names, "1234-5678-9018")}
            answer = desk.client.post(
                path + to, data=sent, headers={"origin": "http://127.0.0.1:8001"}
            )
            assert not re.search(r"1234\D?5678\D?9018", answer.text), (path, to)
    assert offers_of(services).saved == []


def test_a_manager_sets_deadlines_and_is_asked_nothing_else(
    store_of_accounts: Database, services: Services
) -> None:
    add_staff(store_of_accounts, "goto", rights=sorted(ROLES["manager"].rights))
    with sitting_at(store_of_accounts.url, services) as goto:
        goto.sign_in("goto")
        page = goto.open("/settings")
        assert "締切" in page.text
        assert not page.all("a", href=HONCHO) and not page.all("a", href="/schedules/stops")
        page = goto.open(PIN)
        fields = page.one("main").iter("input")
        asked = {one.get("name") for one in fields if one.get("type") != "hidden"}
        assert asked == {"opens_days_before", "closes_days_before", "changes_days_before"}
        was = offers_of(services).procedures["pin"]
        send(goto, PIN, closes_days_before="4", minutes="20")
        assert goto.path == PIN and "保存しました" in goto.page.text
        kept = offers_of(services).procedures["pin"]
        assert kept == was.model_copy(update={"closes_days_before": 4, "version": kept.version})
        for path in (HONCHO, "/settings/procedures/new"):
            goto.open(path)
            assert goto.status == 403

"""Policies, the emergency notice, and the door closed for maintenance."""

from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from services.gateway.internet.door.settings import translations
from services.gateway.internet.tests.citizen import ORIGIN, Citizen
from services.gateway.internet.tests.world import World, build_world, made_files, settings
from services.gateway.web.pages import TRAINING
from services.gateway.web.testing import words

NOTICE = "台風のため、9月1日の窓口はお休みします。"
UNTIL = "12月1日 午前6時まで、機器の入れ替えを行います。"


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/help", "来る方を選ぶ画面の「いっしょに来る方も予約する」から、まとめて予約できます。"),
        ("/help", "見つからないときも、カードの受け取りのご予約は、はがきの番号で確認できます。"),
        ("/help", "「交付通知書」と書かれたはがきの、「製造管理番号」です。"),
        ("/privacy", "来庁または取り消しの30日後に消します。"),
        ("/accessibility", "JIS X 8341-3:2016 の適合レベルAAに準拠"),
    ],
)
def test_policies_are_a_link_away_on_every_page_and_kept_by_browsers(
    citizen: Citizen, path: str, sentence: str
) -> None:
    citizen.open("/find").follow(path)
    assert citizen.sees(sentence)
    first = citizen.client.get(path)
    known = {"If-None-Match": first.headers["etag"]}
    assert citizen.client.get(path, headers=known).status_code == 304


def test_an_emergency_notice_stands_before_the_heading_of_every_page() -> None:
    world = build_world(replace(settings(), notice=NOTICE))
    with TestClient(world.app, base_url=ORIGIN) as client:
        citizen = Citizen(client)
        for path in ("/", "/book", "/find", "/availability/issuance", "/help", "/nowhere"):
            citizen.open(path)
            assert NOTICE in words(citizen.page.one("aside", **{"class": "emergency"}))
            assert citizen.html.index(NOTICE) < citizen.html.index("<h1")


def test_in_training_every_page_says_so_and_otherwise_none() -> None:
    paths = ("/", "/book", "/find", "/availability/issuance", "/help", "/nowhere")
    for training in (True, False):
        with TestClient(speaking_of(training=training).app, base_url=ORIGIN) as client:
            for path in paths:
                html = client.get(path).text
                assert (TRAINING in html) is training
                assert ("training." in html and 'class="training"' in html) is training


def speaking_of(**changes: Any) -> World:
    """A door with these sentences of its operator's."""
    config = replace(settings(), **changes)
    return build_world(config, made_files(config)[1])


def test_a_notice_is_told_in_the_languages_that_it_was_given_in() -> None:
    english = {"en": "Closed on Sep 1 <typhoon>.", "ja-easy": "{台風|たいふう}で {休|やす}みます。"}
    with TestClient(speaking_of(notice=NOTICE, notice_in=english).app, base_url=ORIGIN) as client:
        citizen = Citizen(client)
        for language, said, marked in (
            ("en", "Closed on Sep 1 <typhoon>.", []),
            ("vi", NOTICE, ["ja"]),
            ("ja-easy", "台風", []),
            ("ja", NOTICE, []),
        ):
            citizen.open("/language").send("/language", {"lang": language})
            told = citizen.page.one("aside", **{"class": "emergency"})
            assert said in words(told)
            assert [span.get("lang") for span in told.iter("span")] == marked
        assert "たいふう" in client.get("/", headers={"cookie": "lang=ja-easy"}).text


def test_a_closed_door_and_the_hours_of_the_telephone_speak_them_too() -> None:
    world = speaking_of(
        maintenance=UNTIL,
        maintenance_in={"en": "Closed until Dec 1, 6 am."},
        phone_hours="毎日 9時から17時まで",
        phone_hours_in={"en": "Daily from 9 to 17"},
    )
    with TestClient(world.app, base_url=ORIGIN, headers={"accept-language": "en"}) as client:
        citizen = Citizen(client).open("/find")
        assert citizen.status == 503
        assert citizen.sees("Closed until Dec 1, 6 am.")
        assert citizen.sees("Daily from 9 to 17")
        assert UNTIL not in citizen.html


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("en: Closed: see below. vi:Nghỉ.", {"en": "Closed: see below.", "vi": "Nghỉ."}),
        ("zh-CN: 休息\nko: 휴무", {"zh-CN": "休息", "ko": "휴무"}),
    ],
)
def test_sentences_are_read_by_the_codes_before_them(text: str, read: dict[str, str]) -> None:
    assert translations(text) == read


@pytest.mark.parametrize("text", ["Closed.", "fr: Fermé.", "en: vi: Nghỉ."])
def test_a_sentence_without_its_language_stops_the_start(text: str) -> None:
    with pytest.raises(ValueError, match="code of its language"):
        translations(text)


def test_without_an_emergency_there_is_no_notice(citizen: Citizen) -> None:
    assert not citizen.open("/").page.all("aside", **{"class": "emergency"})


def test_a_closed_door_says_until_when_on_every_address_and_keeps_its_style() -> None:
    world = build_world(replace(settings(), maintenance=UNTIL))
    with TestClient(world.app, base_url=ORIGIN) as client:
        citizen = Citizen(client)
        for path in ("/", "/book", "/availability/issuance/honcho/2026-12", "/nowhere"):
            citizen.open(path)
            assert citizen.status == 503
            assert citizen.sees("ただいまメンテナンス中です")
            assert citizen.sees(UNTIL)
        reply = client.post("/book", data={"procedure": "issuance"}, headers={"Origin": ORIGIN})
        assert reply.status_code == 503
        assert int(reply.headers["retry-after"]) > 0
        style = citizen.page.one("link", rel="stylesheet").get("href", "")
        assert client.get(style).status_code == 200


def test_the_number_on_the_postcard_is_called_as_the_city_calls_it() -> None:
    named = {"card_number_name": "お知らせの番号", "card_number_name_in": {"en": "Notice No."}}
    with TestClient(speaking_of(**named).app, base_url=ORIGIN) as client:
        citizen = Citizen(client)
        citizen.open("/book").send("/book", {"procedure": "issuance"})
        assert citizen.sees("お知らせの番号")
        assert not citizen.sees("予約ID")
        client.cookies.set("lang", "en")
        assert citizen.open(citizen.path).sees("Notice No.")
        assert citizen.open("/find/card").sees("Notice No.")

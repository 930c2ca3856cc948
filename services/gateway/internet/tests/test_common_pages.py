"""Policies, the emergency notice, and the door closed for maintenance."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from services.gateway.web.testing import words

from .citizen import ORIGIN, Citizen
from .conftest import build_world, settings

NOTICE = "台風のため、9月1日の窓口はお休みします。"
UNTIL = "12月1日 午前6時まで、機器の入れ替えを行います。"


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
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

"""来庁日の案内 in mails: in each kind and language, and who was mailed another one."""

from datetime import timedelta
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest

from libs.contracts.booking import BookingFact, Language, OfficePublished
from libs.contracts.notify import MailedOtherwise, MailText, TextPlace
from libs.contracts.times import day_of
from services.notify.store import OpenStore
from services.notify.text_store import ChangeOfText

from .conftest import Sending
from .factories import (
    TOMORROW,
    cancelled,
    changed,
    confirmed,
    office,
    procedure,
    take,
    until_state,
    updated,
)
from .scripted import ScriptedServer

ENTRANCE = uuid4()
DAY = day_of(TOMORROW)
EAST, WEST = "東口からお入りください。", "西口からお入りください。"


def told(version: int = 1, ja: str = EAST, days: int = 0, **texts: str) -> dict[str, Any]:
    """A guidance that holds for so many days before and after tomorrow."""
    every = [DAY + timedelta(days=n) for n in range(-days, days + 1)]
    return {
        "guidance_id": ENTRANCE,
        "version": version,
        "days": every,
        "texts": {"ja": ja, **{code.replace("_", "-"): text for code, text in texts.items()}},
    }


def guiding(version: int, *guidances: dict[str, Any]) -> OfficePublished:
    return office(version=version, guidances=guidances)


async def body_of(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, fact: BookingFact
) -> str:
    await take(open_store, fact)
    async with sending(smtp.port):
        await until_state(open_store, fact.booking_id, "sent")
    return str(smtp.kept[-1].get_content()).replace("\r\n", "\n")


async def otherwise(open_store: OpenStore, *offices: str) -> MailedOtherwise:
    async with open_store() as store:
        return await store.mailed_otherwise(ENTRANCE, frozenset(offices), not offices)


async def numbers(open_store: OpenStore) -> list[str]:
    return sorted(visit.number for visit in (await otherwise(open_store)).visits)


@pytest.mark.parametrize("make", [confirmed, changed, updated])
async def test_mails_about_a_visit_say_what_holds_on_its_day(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, make: Any
) -> None:
    other = {**told(ja="正面は混み合います。"), "guidance_id": uuid4()}
    await take(open_store, guiding(1, told(), other), procedure())
    body = await body_of(open_store, smtp, sending, make())
    said = f"電話：097-000-0000\n\n■ この日のご案内\n・{EAST}\n・正面は混み合います。\n\n■ "
    assert said in body


async def test_another_day_and_a_cancelled_visit_say_nothing_of_it(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    await take(open_store, guiding(1, told()), procedure())
    later = confirmed(starts_at=TOMORROW + timedelta(days=1))
    assert "ご案内" not in await body_of(open_store, smtp, sending, later)
    assert "ご案内" not in await body_of(open_store, smtp, sending, cancelled())


@pytest.mark.parametrize("language", get_args(Language))
async def test_each_language_says_its_own_text_or_japanese_and_easy_japanese(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending, language: Language
) -> None:
    own = told(en="Use the east door.", ja_easy="{東|ひがし}の 入口へ。")
    await take(open_store, guiding(1, own), procedure())
    body = await body_of(open_store, smtp, sending, confirmed(language=language))
    easy = "・東（ひがし）の 入口へ。"
    mark = "- " if language == "vi" else "・"
    wanted = {"ja": f"・{EAST}", "en": "- Use the east door.", "ja-easy": easy}
    assert wanted.get(language, f"{mark}{EAST}\n{easy.replace('・', mark)}") in body
    assert (f"{mark}{EAST}" in body) == (language not in ("en", "ja-easy"))


async def test_a_text_of_the_citys_own_without_a_place_for_it_begins_with_it(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    await take(open_store, guiding(1, told()), procedure())
    for version, typed in ((0, "{{number}}"), (1, "{{number}}\n{{guidance}}")):
        text = MailText(subject="市", body=typed)
        async with open_store() as store:
            place = TextPlace(kind="confirmed", language="ja")
            await store.change_text(ChangeOfText(place, text, "tanaka", str(version)), version)
        body = await body_of(open_store, smtp, sending, confirmed())
        guidance, number = body.index(EAST), body.index("ABCDE-12345")
        assert (guidance < number) == (version == 0)


async def test_a_fresh_notify_learns_it_with_the_office(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    """What `republish` says once more is the office as it is."""
    await take(open_store, procedure(), guiding(7, told()))
    await take(open_store, guiding(6))
    assert EAST in await body_of(open_store, smtp, sending, confirmed())


async def test_who_got_the_old_text_is_named_until_a_mail_says_the_new_one(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    await take(open_store, guiding(1), procedure())
    before = confirmed(number="AAAAA11111")
    await body_of(open_store, smtp, sending, before)
    await take(open_store, guiding(2, told()))
    assert await numbers(open_store) == ["AAAAA11111"]
    after = confirmed(number="BBBBB22222")
    await body_of(open_store, smtp, sending, after)
    assert await numbers(open_store) == ["AAAAA11111"]
    await take(open_store, guiding(3, told(2, WEST)))
    assert await numbers(open_store) == ["AAAAA11111", "BBBBB22222"]
    again = updated(booking_id=before.booking_id, number="AAAAA11111")
    assert WEST in await body_of(open_store, smtp, sending, again)
    assert await numbers(open_store) == ["BBBBB22222"]


async def test_a_guidance_that_ended_names_those_who_were_mailed_it(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    await take(open_store, guiding(1, told()), procedure())
    fact = confirmed()
    await body_of(open_store, smtp, sending, fact)
    assert await numbers(open_store) == []
    await take(open_store, guiding(2))
    found = await otherwise(open_store)
    assert (found.total, found.visits[0].booking_id) == (1, fact.booking_id)
    assert not found.visits[0].reminded
    assert (await otherwise(open_store, "akeno")).total == 0
    assert (await otherwise(open_store, "honcho")).total == 1


async def test_who_moved_away_or_cancelled_is_not_named(
    open_store: OpenStore, smtp: ScriptedServer, sending: Sending
) -> None:
    await take(open_store, guiding(1), procedure())
    moved, gone = (confirmed(booking_id=UUID(int=n)) for n in (1, 2))
    for fact in (moved, gone):
        await body_of(open_store, smtp, sending, fact)
    await take(open_store, guiding(2, told()))
    assert (await otherwise(open_store)).total == 2
    later = TOMORROW + timedelta(days=3)
    await take(open_store, changed(booking_id=moved.booking_id, starts_at=later))
    await take(open_store, cancelled(booking_id=gone.booking_id))
    assert (await otherwise(open_store)).total == 0

"""来庁日の案内: on which days it holds, who may keep it, what everybody is told."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.assertion import Caller
from libs.common.errors import NotAllowed, NotFound
from libs.contracts.booking import (
    GuidanceChange,
    GuidanceRecord,
    GuidanceWish,
    Office,
    OfficePublished,
    guidances_on,
)
from services.booking.actions import guidances
from services.booking.actions.catalog import catalog, register
from services.booking.domain import GuidanceRefused, VersionConflict
from services.booking.domain.guidances import days_of, faults_of

from .city import DAY, City, at

CHIEF = Caller("lgwan", "kakaricho", frozenset({"texts.edit"}), frozenset({"*"}))
HERE = Caller("lgwan", "sato", frozenset({"texts.edit"}), frozenset({"here"}))
WISH: dict[str, Any] = {
    "office_ids": ("here",),
    "from_day": DAY,
    "until_day": DAY + timedelta(days=1),
    "texts": {"ja": "東口からお入りください。"},
}


async def save(city: City, caller: Caller = CHIEF, key: str = "", **said: Any) -> GuidanceRecord:
    ask = GuidanceChange.model_validate({**WISH, **said})
    return await guidances.save_guidance(city.desk, caller, key or str(uuid4()), ask)


async def change(city: City, before: GuidanceRecord, **said: Any) -> GuidanceRecord:
    wish = before.model_dump(include=set(GuidanceWish.model_fields))
    seen = {"guidance_id": before.guidance_id, "version": before.version}
    return await save(city, **{**wish, **seen, **said})


async def published(city: City, office_id: str = "here") -> Office:
    facts = [OfficePublished.model_validate_json(f) for f in await city.facts(OfficePublished.name)]
    return next(fact.office for fact in reversed(facts) if fact.office.office_id == office_id)


async def test_a_guidance_is_told_with_its_office_and_kept_when_the_office_changes(
    city: City,
) -> None:
    made = await save(city)
    there = await published(city)
    [told] = there.guidances
    assert (told.guidance_id, told.version, told.days) == (made.guidance_id, 1, made.days)
    assert guidances_on(there.guidances, DAY) == (told,)
    assert guidances_on(there.guidances, DAY + timedelta(days=2)) == ()
    offer = await catalog(city.desk.open_store)
    assert [office.guidances for office in offer.offices if office.office_id == "there"] == [()]
    assert await register(city.desk.open_store, offer) == 0


async def test_each_state_stays_in_the_history_and_the_newest_holds(city: City) -> None:
    made = await save(city)
    moved = await change(city, made, office_ids=("there",), texts={"ja": "西口へ。"})
    assert (await published(city)).guidances == ()
    assert (await published(city, "there")).guidances[0].texts == {"ja": "西口へ。"}
    ended = await change(city, moved, ended=True)
    assert (await published(city, "there")).guidances == ()
    assert [(one.version, one.ended, one.by) for one in ended.history] == [
        (3, True, "kakaricho"),
        (2, False, "kakaricho"),
        (1, False, "kakaricho"),
    ]
    listed = await guidances.list_guidances(city.desk, CHIEF, past=False)
    assert listed.guidances == ()
    everything = await guidances.list_guidances(city.desk, CHIEF, past=True)
    assert [one.guidance_id for one in everything.guidances] == [made.guidance_id]


async def test_two_on_one_day_are_both_told_in_order(city: City) -> None:
    later = await save(city, texts={"ja": "期日前投票のため、正面は混みます。"})
    first = await save(city, from_day=DAY - timedelta(days=1))
    told = guidances_on((await published(city)).guidances, DAY)
    assert [one.guidance_id for one in told] == [first.guidance_id, later.guidance_id]
    ask = GuidanceChange.model_validate({**WISH, "guidance_id": later.guidance_id, "version": 1})
    [overlap] = (await guidances.check_guidance(city.desk, CHIEF, ask)).overlaps
    assert (overlap.office_id, overlap.texts) == ("here", first.texts)
    assert overlap.days == (DAY, DAY + timedelta(days=1))


async def test_what_it_concerns_is_counted_before_it_is_saved(city: City) -> None:
    for day in (DAY, DAY + timedelta(days=1)):
        session = uuid4()
        await city.hold(session, at(10, day=day))
        await city.book(session)
    ask = GuidanceChange.model_validate({**WISH, "until_day": DAY})
    assert (await guidances.check_guidance(city.desk, CHIEF, ask)).standing == 1


async def test_of_two_who_change_one_state_the_second_is_refused(city: City) -> None:
    made = await save(city)
    both = [change(city, made, texts={"ja": f"{n}番口へ。"}) for n in (1, 2)]
    done = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["GuidanceRecord", "VersionConflict"]
    with pytest.raises(VersionConflict):
        await change(city, made)


async def test_a_repeat_makes_no_second_one(city: City) -> None:
    made = [await save(city, key="once") for _ in range(2)]
    assert made[0] == made[1]
    assert len((await published(city)).guidances) == 1


async def test_only_who_serves_all_of_its_offices_changes_it(city: City) -> None:
    both = await save(city, office_ids=("here", "there"))
    seen = await guidances.see_guidance(city.desk, HERE, both.guidance_id)
    assert not seen.may_change
    for said in ({"office_ids": ("there",)}, {"office_ids": ("here", "there")}):
        with pytest.raises(NotAllowed):
            await save(city, HERE, **said)
    with pytest.raises(NotAllowed):
        await save(city, HERE, guidance_id=both.guidance_id, version=1)
    foreign = await save(city, office_ids=("there",))
    with pytest.raises(NotFound):
        await guidances.see_guidance(city.desk, HERE, foreign.guidance_id)
    with pytest.raises(NotFound):
        await save(city, HERE, guidance_id=UUID(int=1), version=1)
    assert (await save(city, HERE)).may_change


async def test_what_cannot_be_is_refused_with_every_reason(city: City) -> None:
    with pytest.raises(GuidanceRefused) as refused:
        await save(city, office_ids=(), texts={"en": "x" * 2000}, until_day=None)
    assert [(one["field"], one["reason"]) for one in refused.value.facts["problems"]] == [
        ("office_ids", "no-office"),
        ("until_day", "no-period"),
        ("texts.ja", "no-text"),
        ("texts.en", "too-long"),
    ]


@pytest.mark.parametrize(
    ("said", "field", "reason"),
    [
        ({"until_day": DAY - timedelta(days=1)}, "until_day", "period"),
        ({"until_day": DAY + timedelta(days=500)}, "until_day", "long-period"),
        ({"weekdays": (5,)}, "weekdays", "no-day"),
        ({"from_day": date(2027, 1, 4), "until_day": date(2027, 1, 4)}, "until_day", "past"),
        ({"texts": {"ja": "1234 5678 9012"}}, "texts.ja", "digits"),
        ({"texts": {"ja": "入口\u202e"}}, "texts.ja", "control"),
        ({"texts": {"ja": "口", "ja-easy": "{口|くち"}}, "texts.ja-easy", "readings"),
    ],
)
def test_faults(said: dict[str, Any], field: str, reason: str) -> None:
    [fault] = faults_of(GuidanceWish.model_validate({**WISH, **said}), date(2027, 5, 25))
    assert (fault.field, fault.reason) == (field, reason)


def test_weekdays_and_holidays_choose_the_days_of_the_period() -> None:
    period = {**WISH, "from_day": date(2027, 4, 26), "until_day": date(2027, 5, 5)}
    days = days_of(GuidanceWish.model_validate({**period, "weekdays": (6,), "holidays": True}))
    assert [day.day for day in days] == [29, 2, 3, 4, 5]


def test_an_empty_language_falls_back_to_japanese_with_the_easy_one() -> None:
    texts = {"ja": "東口へ。", "ja-easy": "{東|ひがし}の 入口へ。", "en": "East door."}
    told = Office.model_validate(
        {
            **dict.fromkeys(("office_id", "name", "kana", "address", "phone"), ""),
            "series": (), "version": 1,
            "guidances": ({"guidance_id": uuid4(), "version": 1, "days": (DAY,), "texts": texts},),
        }
    ).guidances[0]  # fmt: skip
    assert told.said_in("en") == (("en", "East door."),)
    assert told.said_in("ja") == (("ja", "東口へ。"),)
    assert told.said_in("vi") == (("ja", "東口へ。"), ("ja-easy", "{東|ひがし}の 入口へ。"))

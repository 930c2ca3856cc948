"""Lengths from a day on, a line each: typed, shown again, refused, and what they do said first."""

import pytest

from libs.contracts.booking import Length, Procedure, SettingProblem
from libs.contracts.times import parse_day
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.settings.reading import read_length
from services.gateway.lgwan.tests.support import Browser

from .test_settings import PIN, offers_of, resend, saved, send

OFFICES = (("", "すべての場所"), ("honcho", "本庁舎1階市民課"), ("dainan", "大南支所"))
APRIL = parse_day("2027-04-01")
FREE = SettingProblem(
    field="lengths",
    code="free-starts",
    facts={
        "office": "大南支所", "day": "4月1日", "old": 15, "new": 20, "before": 640, "after": 480,
    },
)  # fmt: skip


@pytest.mark.parametrize(
    ("line", "minutes", "office_id"),
    [
        ("2027年4月1日から20分　大南支所", 20, "dainan"),
        ("２０２７年４月１日から２０分 大南支所", 20, "dainan"),
        ("2027-04-01 20 本庁舎1階市民課", 20, "honcho"),
        ("2027/4/1 120分", 120, ""),
        ("２０２７−４−１　５　大南支所", 5, "dainan"),
        ("2027年4月1日から20分 すべての場所", 20, ""),
        ("2027年4月1日から20分:dainan", 20, "dainan"),
    ],
)
def test_a_line_is_read_as_people_type_it(line: str, minutes: int, office_id: str) -> None:
    expected = Length(from_day=APRIL, minutes=minutes, office_id=office_id)
    assert read_length(line, OFFICES) == expected


@pytest.mark.parametrize(
    "line",
    ["20分", "2027年2月30日から20分", "2027年4月1日から 大南支所", "2027-04-01 20 東京", "x"],
)
def test_what_is_no_line_is_none(line: str) -> None:
    assert read_length(line, OFFICES) is None


def test_lines_are_saved_and_shown_with_the_names_of_offices(
    desk: Browser, services: Services
) -> None:
    send(desk, PIN, lengths="2027年5月1日から30分\n2027-04-01 20 大南支所\n")
    assert desk.status == 200
    made = saved(services)
    assert isinstance(made, Procedure)
    assert [(str(one.from_day), one.minutes, one.office_id) for one in made.lengths] == [
        ("2027-04-01", 20, "dainan"), ("2027-05-01", 30, ""),
    ]  # fmt: skip
    area = desk.open(PIN).one("textarea", id="lengths")
    assert (area.text or "").strip().splitlines() == [
        "2027年4月1日から20分　大南支所", "2027年5月1日から30分　すべての場所",
    ]  # fmt: skip
    assert "（なし） 2027年4月1日から20分 大南支所" in desk.page.text, "the log"
    send(desk, PIN)
    assert saved(services).version == made.version + 1


def test_a_line_that_cannot_be_read_is_named(desk: Browser, services: Services) -> None:
    page = send(desk, PIN, lengths="2027年4月1日から20分 東京")
    assert (
        desk.status == 422
        and "のように入力してください。「2027年4月1日から20分 東京」" in page.text
    )
    assert offers_of(services).saved == []
    page = send(desk, PIN, lengths="123456789018")
    assert "12桁" in page.text and "123456789018" not in desk.html


def test_what_it_does_to_the_free_starts_is_said_before_it_is_saved(
    desk: Browser, services: Services
) -> None:
    offers_of(services).warnings = (FREE,)
    page = send(desk, PIN, lengths="2027-04-01 20 大南支所")
    assert offers_of(services).saved == []
    assert "大南支所は、4月1日から15分が20分になります" in page.text
    assert "640から480になります" in page.text
    resend(desk, PIN, confirmed=desk.page.field("confirmed"))
    made = saved(services)
    assert isinstance(made, Procedure) and made.lengths[0].minutes == 20

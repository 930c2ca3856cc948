"""Sentences wait for their language; readings never let anything in."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from markupsafe import Markup, escape

from services.gateway.web import times
from services.gateway.web.catalogs import VOICES
from services.gateway.web.language import JAPANESE, Message, Voice, speaking
from services.gateway.web.ruby import plain, ruby
from services.gateway.web.typed import Mistyped

RUBY = "<ruby>予約<rp>（</rp><rt>よやく</rt><rp>）</rp></ruby>"


@pytest.fixture(autouse=True)
def japanese_again() -> Iterator[None]:
    token = speaking.set(JAPANESE)
    yield
    speaking.reset(token)


def voice(**texts: str) -> Voice:
    return Voice("en", "en", "English", JAPANESE.dates, texts)


def test_a_message_is_said_in_the_language_of_the_moment() -> None:
    message = Message("予約")
    assert (str(message), escape(message)) == ("予約", "予約")
    speaking.set(voice(予約="Booking"))
    assert (str(message), escape(message)) == ("予約", "Booking")


def test_a_message_survives_being_the_text_of_an_exception() -> None:
    speaking.set(voice(だめ="No"))
    assert escape(str(Mistyped(Message("だめ")))) == "No"


def test_variables_are_escaped_and_never_read_as_notation() -> None:
    speaking.set(voice(**{"%(x)sです": str(ruby("{予約|よやく}：%(x)s"))}))
    said = escape(Message("%(x)sです", x="<b>{a|b}</b>"))
    assert said == RUBY + "：&lt;b&gt;{a|b}&lt;/b&gt;"


def test_words_no_catalog_knows_are_escaped_and_marked_as_japanese() -> None:
    assert escape(Message("<script>")) == "&lt;script&gt;"
    speaking.set(voice())
    assert escape(Message("お知らせ<b>")) == '<span lang="ja">お知らせ&lt;b&gt;</span>'


def test_attributes_get_the_words_without_readings() -> None:
    assert plain(ruby("{予約|よやく}する")) == "予約する"
    assert plain('a"b<') == "a&#34;b&lt;"
    assert plain(Markup("%s") % '"><img>') == "&#34;&gt;&lt;img&gt;"


@pytest.mark.parametrize(
    ("code", "whole", "month"),
    [
        ("ja", "2026年12月1日（火） 14時05分", "2026年12月"),
        ("ja-easy", "2026年12月 1日（火） 14時05分", "2026年12月"),
        ("en", "Tuesday, December 1, 2026, 14:05", "December 2026"),
        ("zh-CN", "2026年12月1日（周二） 14:05", "2026年12月"),
        ("ko", "2026년 12월 1일 (화) 14:05", "2026년 12월"),
        ("vi", "14:05, Thứ Ba, ngày 1 tháng 12 năm 2026", "Tháng 12 năm 2026"),
    ],
)
def test_every_language_writes_dates_its_own_way_in_the_citys_time(
    code: str, whole: str, month: str
) -> None:
    speaking.set(next(voice for voice in VOICES if voice.code == code))
    moment = datetime(2026, 12, 1, 5, 5, tzinfo=UTC)
    assert plain(times.long_time(moment)) == whole
    assert plain(times.long_month(moment)) == month


def test_easy_japanese_reads_days_and_minutes_as_people_say_them() -> None:
    speaking.set(next(voice for voice in VOICES if voice.code == "ja-easy"))
    assert "<rt>ついたち</rt>" in times.long_day(date(2026, 12, 1))
    assert "30<ruby>分<rp>（</rp><rt>ぷん</rt>" in times.clock(
        datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
    )
    assert "時" in times.clock(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))

"""A page as a program reads it."""

import pytest

from dev.page import Lost, Page

LIST = """<!doctype html><html><body><h1>予約 <span>今日</span></h1>
<form method="post" action="/find"><input name="csrf" value="1"><input type="file" name="file">
<input type="checkbox" name="off" value="1"><input type="checkbox" name="on" value="1" checked>
<button type="submit">探す</button></form>
<form id="ticks" method="post" action="/tick"><input type="hidden" name="csrf" value="2"></form>
<table><tr><th scope="row"><a href="/bookings/7">AB-CD</a></th>
<td><button form="ticks" name="tick" value="7:arrive">受付 <small>する</small></button></td></tr>
</table>
<dl><div><dt>状態</dt><dd>予約済み</dd><dd><a href="x">変更</a></dd></div>
<dt>日時</dt><dd>9時</dd></dl>
</body></html>"""


def test_a_form_has_its_own_fields_and_no_files_and_of_ticks_those_that_are_set() -> None:
    assert Page(LIST).form("/find").fields == {"csrf": "1", "on": "1"}


def test_of_choices_the_chosen_one_is_sent_and_long_texts_come_whole() -> None:
    html = """<form action="/save"><input type="radio" name="use" value="off">
    <input type="radio" name="use" value="on" checked><textarea name="notes">
一行目 &amp;
二行目</textarea><input name="after" value="x"></form>"""
    fields = Page(html).form("/save").fields
    assert fields == {"use": "on", "notes": "一行目 &\n二行目", "after": "x"}


def test_a_button_outside_belongs_to_the_form_that_it_names() -> None:
    page = Page(LIST)
    assert [b.text for b in page.form("/find").buttons] == ["探す"]
    assert [(b.text, b.attributes["value"]) for b in page.form("/tick").buttons] == [
        ("受付 する", "7:arrive")
    ]


def test_texts_come_without_their_tags_also_from_within_cells() -> None:
    page = Page(LIST)
    assert page.heading == "予約 今日"
    assert [e.text for e in page.all("th", scope="row")] == ["AB-CD"]
    assert [e.text for e in page.links("/bookings/")] == ["AB-CD"]


def test_a_description_list_is_read_without_the_links_to_change_it() -> None:
    assert Page(LIST).facts() == {"状態": "予約済み", "日時": "9時"}


def test_a_missing_form_is_named_with_the_page() -> None:
    with pytest.raises(Lost, match="/cancel on the page “予約 今日”"):
        Page(LIST).form("/cancel")


def test_a_long_text_is_a_field_of_its_form_as_it_was_written() -> None:
    page = Page(
        "<form action='/x'><textarea name='body'>\n一\n\n &amp;二 </textarea></form><p>三</p>"
    )
    assert page.form("/x").fields == {"body": "一\n\n &二 "}

"""Texts of mails and their variables."""

import pytest

from services.notify.domain.template import BadTemplate, Template


def test_variables_are_filled_and_nothing_else_is_touched() -> None:
    text = Template.parse("件名\n\n番号 {{number}}、{number}、{{when}}")
    assert text.fill({"number": "N {{when}}", "when": "W"}) == "番号 N {{when}}、{number}、W\n"


def test_a_line_of_an_empty_variable_is_left_out_and_blank_lines_stay() -> None:
    text = Template.parse("件名\n\n上\n{{notes}}\n\n下 {{notes}}")
    assert text.fill({"notes": ""}) == "上\n\n下 \n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("件名\n\n{{name}}様", "unknown variables: name"),
        ("件名\n\n{{ number }}", "unknown variables"),
        ("件名だけ", "body"),
        ("件名\n二行目\n\n本文", "subject"),
        ("{{procedure}}の予約\n\n本文", "subject without variables"),
    ],
)
def test_a_text_that_cannot_be_used_says_why(text: str, why: str) -> None:
    with pytest.raises(BadTemplate, match=why):
        Template.parse(text)

"""Which passwords may be chosen."""

from pathlib import Path

import pytest

from services.gateway.lgwan.door.password_rules import PasswordRules, kinds_in, read_blocked

RULES = PasswordRules()


@pytest.mark.parametrize(
    "password",
    [
        "wagahai wa neko de aru",
        "きょうはいいてんきですねとだれかがいう",
        "K7MPQ-2HXWR-9ZTCD-4FGLN",
        "x9-kettle-orbit",
    ],
)
def test_a_long_password_of_ones_own_is_taken(password: str) -> None:
    assert not RULES.wrong(password, ("abe", "阿部"))


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("x" * 14, "15文字から"),
        ("x9-kettle-orbi", "15文字から"),
        ("x" * 201, "200文字"),
        ("aaaaaaaaaaaaaaaa", "推測されやすい"),
        ("123456789012345678", "推測されやすい"),
        ("abcdefghijklmnopqrs", "推測されやすい"),
        ("passwordpassword", "推測されやすい"),
        ("Password2026!Oita", "推測されやすい"),
        ("oita-mynumber-card", "推測されやすい"),
        ("kobayashi-hanako1", ""),
        ("abe-abe-abe-abe-abe", "推測されやすい"),
        ("ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ", "推測されやすい"),
    ],
)
def test_what_is_short_or_tried_first_is_refused_with_a_reason(password: str, says: str) -> None:
    wrong = RULES.wrong(password, ("abe", "阿部"))
    assert says in wrong
    assert bool(wrong) == bool(says)


def test_the_city_decides_on_kinds_length_and_a_list_of_its_own(tmp_path: Path) -> None:
    listed = tmp_path / "blocked.txt"
    listed.write_text("Wagahai Wa Neko\n\n")
    strict = PasswordRules(shortest=8, kinds=3, blocked=read_blocked(str(listed)))
    assert "3種類以上" in strict.wrong("wagahai wa neko")
    assert "推測" in PasswordRules(8, blocked=strict.blocked).wrong("wagahai wa neko")
    assert not strict.wrong("Wagahai-wa-inu")
    assert [kinds_in(text) for text in ("a", "aA", "aA1", "aA1!", "あ")] == [1, 2, 3, 4, 1]
    assert read_blocked("") == frozenset()

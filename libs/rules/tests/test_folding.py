"""What only looks different is folded."""

from libs.rules.folding import fold, plain


def test_folding_leaves_no_blank_and_one_kind_of_dash() -> None:
    assert fold("　１−２‐３ー４\t") == "1-2-3-4"


def test_what_cannot_be_seen_is_dropped() -> None:
    assert plain("\ufeffＡ\u200bＢ") == "AB"

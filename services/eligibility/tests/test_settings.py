"""What a wrong setting says before the process ends."""

import pytest

from libs.common.settings import SettingError
from services.eligibility.tests.support import settings


def test_a_pattern_that_is_none_is_refused_in_a_sentence() -> None:
    with pytest.raises(SettingError, match=r"CARD_NUMBER_PATTERN is wrong \(not a regular"):
        settings("postgresql://nobody@127.0.0.1:1/none", CARD_NUMBER_PATTERN="[0-9")


def test_the_pattern_is_three_letters_or_digits_and_six_digits_unless_told_otherwise() -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"
    assert settings(url).card_number_pattern == "[0-9A-Z]{3}[0-9]{6}"
    assert settings(url, CARD_NUMBER_PATTERN="[0-9]{8}").card_number_pattern == "[0-9]{8}"

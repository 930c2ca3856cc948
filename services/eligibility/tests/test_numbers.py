"""Card numbers in one form."""

import pytest

from services.eligibility.domain.numbers import card_number


@pytest.mark.parametrize(
    "typed",
    [
        "OTA-000123",
        "ota000123",
        "ＯＴＡ－０００１２３",
        " OTA 000123 ",
        "OTA−000123",
        "OTAー000123",
        "OTA‐000123",
        "OTA–000123",
        "OTA—000123",
        "OTA-000-123",
    ],
)
def test_every_way_to_type_a_card_number_means_the_same(typed: str) -> None:
    assert card_number(typed) == "OTA000123"

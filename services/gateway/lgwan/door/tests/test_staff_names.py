"""Whoever did something is shown by name: histories, lists and pages know accounts only by id."""

import re
from pathlib import Path

import pytest

from dev.testing import Database
from services.gateway.lgwan.bookings.tests.test_booking_page import the_one
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.door.staff_names import StaffNames
from services.gateway.lgwan.tests.support import add_staff, sitting_at, sql

HERE = Path(__file__).parents[2]
OPERATION_LOG = "operation_log.html"
"""It has the id beside the name, which somebody else may have had: ids are given once."""
_SHOWN = re.compile(r"\{\{[^{}]*?\b\w+\.(?:actor|by|\w+_by)\b(?!\()[^{}]*\}\}")


async def _some() -> dict[str, str]:
    return {"tanaka": "田中", "citizen": "市 民子"}


async def test_a_name_stands_for_an_account_and_a_word_for_who_has_none() -> None:
    names = StaffNames()
    await names.keep_fresh(_some)
    assert names.of("tanaka") == "田中"
    assert names.of("system") == "システム"
    assert names.of("nobody.knows") == "nobody.knows"
    assert names.of(None) == ""


async def test_names_are_not_read_again_with_every_page() -> None:
    names, reads = StaffNames(), []

    async def read() -> dict[str, str]:
        reads.append(1)
        return {}

    await names.keep_fresh(read)
    await names.keep_fresh(read)
    assert reads == [1]


def test_every_template_that_shows_an_account_shows_its_name() -> None:
    shown = [
        (path.name, text)
        for path in sorted(HERE.glob("*/templates/**/*.html"))
        if path.name != OPERATION_LOG
        for text in _SHOWN.findall(path.read_text())
    ]
    assert len(shown) > 10, "the pattern finds nothing any more"
    assert [(name, text) for name, text in shown if "names.of(" not in text] == []


@pytest.mark.parametrize("active", [True, False])
def test_a_history_names_who_did_it_although_the_account_has_ended(
    store_of_accounts: Database, services: Services, active: bool
) -> None:
    add_staff(store_of_accounts, "suzuki")
    sql(
        store_of_accounts,
        f"UPDATE staff SET name = '鈴木', active = {active} WHERE staff_id = 'suzuki'",
    )
    with sitting_at(store_of_accounts.url, services) as browser:
        browser.come_in()
        browser.open("/")
        browser.press("受付")
        text = browser.open(f"/bookings/{the_one(services).booking_id}").text
    assert "鈴木" in text and "suzuki" not in text

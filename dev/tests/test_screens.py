"""The pictures of the pages: small, and all of them shown."""

import re
from pathlib import Path

import pytest

from dev.screens import FOLDER, STAFF_FOLDER, index, staff_index
from tests.browser.registry import STATES
from tests.browser.staff_states import STATES as STAFF_STATES

LIMITS = {FOLDER: 8_000_000, STAFF_FOLDER: 14_000_000}
"""Bytes of all pictures of a door: some dozen kilobytes each."""
PICTURE = re.compile(r'src="([^"]+\.webp)"')


@pytest.mark.parametrize("folder", [FOLDER, STAFF_FOLDER], ids=["citizens", "staff"])
def test_the_page_of_the_pictures_shows_each_of_them_and_no_other(folder: Path) -> None:
    shown = PICTURE.findall((folder / "README.md").read_text())
    assert len(shown) == len(set(shown))
    assert set(shown) == {picture.name for picture in folder.glob("*.webp")}


@pytest.mark.parametrize("folder", LIMITS, ids=["citizens", "staff"])
def test_the_pictures_stay_small(folder: Path) -> None:
    sizes = [picture.stat().st_size for picture in folder.glob("*.webp")]
    assert sizes
    assert sum(sizes) < LIMITS[folder]


def test_a_new_page_shows_every_state_of_the_staff_door() -> None:
    pictures = PICTURE.findall(staff_index())
    assert sorted(pictures) == sorted(f"{state.id}.webp" for state in STAFF_STATES)


def test_a_new_page_shows_every_state_on_a_phone_and_every_template_on_a_desk() -> None:
    pictures = PICTURE.findall(index())
    assert {f"{state.id}.phone.webp" for state in STATES} <= set(pictures)
    on_desk = [picture for picture in pictures if picture.endswith(".desk.webp")]
    assert len(on_desk) == len({state.template for state in STATES})

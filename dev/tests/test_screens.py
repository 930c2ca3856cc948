"""The pictures of the pages: small, and all of them shown."""

import re

from dev.screens import FOLDER, index
from tests.browser.registry import STATES

LIMIT = 6_000_000
PICTURE = re.compile(r'src="([^"]+\.webp)"')


def test_the_page_of_the_pictures_shows_each_of_them_and_no_other() -> None:
    shown = PICTURE.findall((FOLDER / "README.md").read_text())
    assert len(shown) == len(set(shown))
    assert set(shown) == {picture.name for picture in FOLDER.glob("*.webp")}


def test_the_pictures_stay_small() -> None:
    sizes = [picture.stat().st_size for picture in FOLDER.glob("*.webp")]
    assert sizes
    assert sum(sizes) < LIMIT


def test_a_new_page_shows_every_state_on_a_phone_and_every_template_on_a_desk() -> None:
    pictures = PICTURE.findall(index())
    assert {f"{state.id}.phone.webp" for state in STATES} <= set(pictures)
    on_desk = [picture for picture in pictures if picture.endswith(".desk.webp")]
    assert len(on_desk) == len({state.template for state in STATES})

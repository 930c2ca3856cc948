"""Every page of the staff door in every state: sound HTML, axe-core, no sideways scrolling."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Page

from dev.testing import Database, Databases
from services.gateway.lgwan.app import HERE
from services.gateway.lgwan.tests.support import add_staff
from services.gateway.web.testing import Page as Sound

from .measures import axe_violations, sideways
from .staff import Desk, DeskState
from .staff_door import desk_before
from .staff_states import STATES
from .test_pages import wire

WIDTHS = (1280, 768)
FRAME = "staff.html"


@pytest.fixture(scope="session")
def accounts(databases: Databases) -> Iterator[Database]:
    with databases.fresh("gateway") as made:
        add_staff(made)
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def desk(desk_page: Page, accounts: Database) -> AsyncIterator[Desk]:
    """A staff door of its own with one booking, and a browser that is not signed in."""
    async with desk_before(desk_page, accounts) as made:
        yield made


def test_every_page_of_the_staff_door_is_in_the_registry() -> None:
    pages = {path.name for path in (HERE / "templates").glob("*.html")} - {FRAME}
    assert {state.template for state in STATES} == pages


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.id)
async def test_a_staff_page_is_sound_and_accessible(state: DeskState, desk: Desk) -> None:
    await state.reach(desk)
    assert state.says in await desk.page.inner_text("main")
    Sound(await wire(desk.answer))
    for width in WIDTHS:
        await desk.page.set_viewport_size({"width": width, "height": 900})
        complaints = await sideways(desk.page) + await axe_violations(desk.page)
        assert not complaints, f"at {width} px:\n" + "\n".join(complaints)

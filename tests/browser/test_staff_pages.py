"""Every page of the staff door in every state: sound HTML, axe-core, no sideways scrolling."""

import pytest

from dev.evidence import Evidence
from services.gateway.lgwan.app import HERE
from services.gateway.web.testing import Page as Sound

from .measures import axe_violations, sideways
from .sample import in_sample, some_or_whole
from .staff import Desk, DeskState
from .staff_states import STATES
from .test_pages import wire

WIDTHS = (1280, 768)
FRAME = "staff.html"


def of_page(state: DeskState) -> str:
    return state.template


def test_every_page_of_the_staff_door_is_in_the_registry() -> None:
    pages = {path.name for path in HERE.glob("*/templates/*.html")} - {FRAME}
    assert {state.template for state in STATES} == pages
    assert {state.template for state in in_sample(STATES, of_page)} == pages


@pytest.mark.asyncio(loop_scope="session")
@some_or_whole(STATES, of_page)
async def test_a_staff_page_is_sound_and_accessible(
    state: DeskState, desk: Desk, whole: bool, evidence: Evidence
) -> None:
    """axe-core at one of the widths, the whole at both."""
    await state.reach(desk)
    assert state.says in await desk.page.inner_text("main")
    Sound(await wire(desk.answer))
    turn = STATES.index(state) % len(WIDTHS)
    for number, width in enumerate(WIDTHS):
        await desk.page.set_viewport_size({"width": width, "height": 900})
        complaints = await sideways(desk.page)
        complaints += await axe_violations(desk.page) if whole or number == turn else []
        assert not complaints, f"at {width} px:\n" + "\n".join(complaints)
    evidence("staff-pages", ["services/gateway"], widths=len(WIDTHS))

"""Card numbers (製造管理番号) for a list or a page: opened by eligibility, noted in the operation
log, never kept."""

import re
from collections.abc import Mapping
from uuid import UUID

from starlette.requests import Request

from libs.contracts.booking import CardPass
from libs.contracts.eligibility import CardUse
from services.gateway.web.link import Refused, Unreachable

from .auth import actor_of
from .context import door_of
from .staff import Operation
from .store import Store

_USUAL = re.compile(r"^([0-9A-Z]{3})([0-9]{6})$")
AWAY = "製造管理番号を、いまは表示できません。少し待ってから、もう一度開いてください。"


def shown_number(number: str) -> str:
    """As it stands on the envelope: ABC-123456; of another form as the list has it."""
    return _USUAL.sub(r"\1-\2", number)


def by_booking(cards: CardPass, numbers: Mapping[str, str]) -> dict[UUID, str]:
    """The numbers as they are shown, of the bookings whose card is known."""
    known = ((booking_id, numbers.get(key)) for booking_id, key in cards.keys.items())
    return {booking_id: shown_number(number) for booking_id, number in known if number}


async def numbers_of(
    request: Request, cards: CardPass | None, use: CardUse, office_id: str
) -> dict[UUID, str] | None:
    """The whole numbers by booking, as they are shown; None where eligibility does not answer, for
    the rest of the page still helps. Each time is a line in the operation log, without a number."""
    if cards is None or not cards.keys:
        return {}
    door, actor = door_of(request), actor_of(request)
    try:
        opened = (await door.services.eligibility.card_numbers(actor, cards)).numbers
    except (Unreachable, Refused):
        return None
    line = Operation(actor.name, "card.numbers", use, str(len(opened)), office_id, "done")
    async with door.open_store(Store) as store:
        store.record(line)
    return by_booking(cards, opened)

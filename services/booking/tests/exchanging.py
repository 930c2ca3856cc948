"""Staff who exchange persons and times, with shorthands for what tests do all the time."""

from collections.abc import Awaitable
from typing import Any
from uuid import UUID, uuid4

from libs.common.assertion import Caller
from libs.common.errors import Problem
from libs.contracts.booking import (
    CitizenBooking,
    PersonExchange,
    StaffBooking,
    TimeExchange,
)
from services.booking.actions import exchanges, staff

from .city import BORN, City, at

RIGHTS = frozenset({"bookings.read", "bookings.change"})
HERE = Caller("lgwan", "sato", RIGHTS, frozenset({"here"}))
THERE = Caller("lgwan", "kudo", RIGHTS, frozenset({"there"}))
BOTH = Caller("lgwan", "mori", RIGHTS, frozenset({"here", "there"}))
WIFE = "オオイタ ハナコ"


async def booked(city: City, kana: str, hour: int = 10, **more: Any) -> StaffBooking:
    session = uuid4()
    await city.hold(session, at(hour))
    return await seen(city, await city.book(session, kana, **more))


async def card_booked(city: City, card: str, hour: int = 10) -> StaffBooking:
    await city.import_card(card)
    session, ticket = uuid4(), city.ticket(card)
    await city.hold(session, at(hour), "issuance", ticket=ticket)
    return await seen(city, await city.book(session, ticket=ticket, kana=None, born=None))


async def seen(city: City, booking: CitizenBooking) -> StaffBooking:
    return await by_number(city, booking.number)


async def by_number(city: City, number: str) -> StaffBooking:
    booking_id = await city.pool.fetchval(
        "SELECT booking_id FROM booking WHERE number = $1", number
    )
    return (await staff.see_booking(city.desk, BOTH, booking_id)).booking


async def replace(
    city: City, booking: StaffBooking, caller: Caller = HERE, key: str = "", **person: Any
) -> StaffBooking:
    """Without a card or a name: his wife, who was born on the same day."""
    known = {} if "ticket" in person else {"kana": WIFE, "born": BORN}
    ask = PersonExchange.model_validate(
        {"version": booking.version, "visitor": "self", **known, **person}
    )
    return await exchanges.replace_person(
        city.desk, caller, booking.booking_id, key or str(uuid4()), ask
    )


async def swap(
    city: City, one: StaffBooking, other: StaffBooking, caller: Caller = HERE, key: str = ""
) -> StaffBooking:
    ask = TimeExchange(version=one.version, other_id=other.booking_id, other_version=other.version)
    return await exchanges.exchange_times(
        city.desk, caller, one.booking_id, key or str(uuid4()), ask
    )


async def two(
    city: City, *procedures: str, arrangement: str = "in_turn"
) -> tuple[StaffBooking, StaffBooking]:
    """Two people of one party, one after the other from ten on."""
    session = uuid4()
    await city.hold_all(session, at(10), *(procedures or ("slow", "slow")), arrangement=arrangement)
    first = await city.book_all(session, "タロウ", "ハナコ")
    return await seen(city, first), await by_number(city, first.party[0].number)


async def outcome(doing: Awaitable[object]) -> str:
    """'done', or the slug of the refusal."""
    try:
        await doing
    except Problem as problem:
        return problem.slug
    return "done"


async def active(city: City) -> dict[str, UUID]:
    rows = await city.pool.fetch("SELECT person_key, booking_id FROM active_person")
    return {row["person_key"]: row["booking_id"] for row in rows}

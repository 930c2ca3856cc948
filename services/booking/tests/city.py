"""A small city for tests: two offices, two procedures, one Tuesday, eight windows."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from dev.testing import Database
from libs.common.database import asyncpg_pool
from libs.common.passes import Passes
from libs.common.seal import BlindIndex, KeyRing
from libs.common.signing import Signer, Verifier
from libs.common.tries import Tolls, TryLimits
from libs.contracts.booking import (
    BookingProof,
    BookingRequest,
    Catalog,
    CitizenBooking,
    Hold,
    HoldRequest,
    Office,
    PartyLine,
    Person,
    Procedure,
    Series,
)
from libs.contracts.eligibility import NUMBERS_PURPOSE, TICKET_PURPOSE
from libs.contracts.times import JST
from services.booking.actions import bookings, catalog, confirm, holds
from services.booking.actions.desk import BookingContext
from services.booking.actions.finding import SearchKeys
from services.booking.store import SESSION, store_opener
from services.booking.store.cards import KnownCard

DAY = date(2027, 6, 1)
NOON_BEFORE = datetime(2027, 5, 25, 12, tzinfo=JST)
KEY = bytes(range(32))
PASS_KEY = bytes([9]) * 32
BORN = date(1950, 1, 2)
TICKET_PUBLIC = bytes.fromhex("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8")


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime.combine(day, time(hour, minute), JST)


def procedure(procedure_id: str, minutes: int, needs_card: bool = False) -> Procedure:
    return Procedure(
        procedure_id=procedure_id,
        name=procedure_id,
        plain=procedure_id,
        group=procedure_id,
        minutes=minutes,
        needs_card=needs_card,
        outcomes=("collected",) if needs_card else ("done",),
        visitors=("self", "guardian"),
        documents=(),
        notes=(),
        opens_days_before=60,
        closes_days_before=0,
        position=1,
        version=0,
    )


def office(office_id: str, windows: int) -> Office:
    def series(unit: int, procedures: tuple[str, ...]) -> Series:
        return Series(
            series_id=f"{office_id}-{unit}",
            procedure_ids=procedures,
            weekdays=(0, 1, 2, 3, 4),
            opens=time(9),
            closes=time(17),
            unit_minutes=unit,
            windows=tuple(range(1, windows + 1)),
            valid_from=date(2027, 1, 1),
            valid_until=date(2027, 12, 31),
        )

    return Office(
        office_id=office_id,
        name=office_id,
        kana="",
        address="",
        phone="",
        series=(series(15, ("pin",)), series(30, ("issuance", "slow"))),
        position=1,
        version=0,
    )


PROCEDURES = (
    procedure("issuance", 30, needs_card=True),
    procedure("slow", 30),
    procedure("pin", 15),
)


@dataclass
class City:
    """A desk on a database, with shorthands for what tests do all the time."""

    desk: BookingContext
    pool: asyncpg.Pool
    owner_url: str

    async def hold(
        self,
        session: UUID,
        starts_at: datetime,
        procedure_id: str = "slow",
        office_id: str = "here",
        ticket: str | None = None,
        change: BookingProof | None = None,
    ) -> Hold:
        ask = HoldRequest(
            procedure_id=procedure_id,
            office_id=office_id,
            starts_at=starts_at,
            ticket=ticket,
            change=change,
        )
        request = self.desk.request(f"hold:{session}", str(uuid4()), ask)
        return await holds.hold_time(self.desk, session, request, ask)

    async def hold_all(self, session: UUID, starts_at: datetime, *people: str, **more: Any) -> Hold:
        """Hold a time for people who come for 'slow', or for 'slow+pin': the first is asked for
        like anybody, the others are the party."""
        first, *others = (PartyLine(**line_of(person)) for person in people)
        ask = HoldRequest.model_validate(
            {"office_id": "here", "starts_at": starts_at, **first.model_dump(), "party": others}
            | more
        )
        request = self.desk.request(f"hold:{session}", str(uuid4()), ask)
        return await holds.hold_time(self.desk, session, request, ask)

    async def book(
        self, session: UUID, person: str | None = None, **more: object
    ) -> CitizenBooking:
        """Confirm what the session holds; every call without `person` is somebody new."""
        ask = await self.booking_request(session, person, **more)
        request = self.desk.request(f"book:{session}", str(uuid4()), ask)
        return await confirm.book(self.desk, session, request, ask)

    async def book_all(self, session: UUID, *people: str, **more: Any) -> CitizenBooking:
        """Confirm what the session holds for these people, the first of them first."""
        first, *others = more.pop("relations", [None] * len(people))
        party = [
            Person(visitor="self", kana=person, born=BORN, relation=relation)
            for person, relation in zip(people[1:], others, strict=True)
        ]
        return await self.book(session, people[0], party=party, relation=first, **more)

    async def booking_request(
        self, session: UUID, person: str | None = None, **more: object
    ) -> BookingRequest:
        """What the check page sends: the time that the session holds, and who comes."""
        held = await self.pool.fetchrow(
            "SELECT procedure_id, office_id, starts_at FROM hold WHERE holder = $1", session
        )
        asked = {**(held or NOTHING_HELD), "visitor": "self", "born": BORN}
        return BookingRequest.model_validate(asked | {"kana": person or new_person()} | more)

    async def booked(
        self, starts_at: datetime, procedure_id: str = "slow", office_id: str = "here"
    ) -> CitizenBooking:
        session = uuid4()
        await self.hold(session, starts_at, procedure_id, office_id)
        return await self.book(session)

    async def cancel(self, booking: CitizenBooking) -> CitizenBooking:
        proof = BookingProof(number=booking.number, born=BORN)
        return await bookings.cancel_booking(self.desk, uuid4(), str(uuid4()), proof)

    async def shift_clock(self, now: datetime) -> None:
        """Set the database's time for everybody; it goes on from there."""
        await set_clock(self.owner_url, now)

    async def morning(self) -> None:
        """The counters open on DAY: from now on its visits can be ticked."""
        await self.shift_clock(at(8, 30))

    async def set_rules(self, procedure_id: str, **settings: object) -> None:
        """Other settings for a procedure, as an admin would make them."""
        async with self.desk.open_store() as store:
            kept = await store.catalog.procedure(procedure_id)
            assert kept is not None
            await store.catalog.save_procedure(kept.model_copy(update=settings))

    async def import_card(
        self, card_key: str, office_id: str = "here", version: int = 1, shielded: bool = False
    ) -> None:
        async with self.desk.open_store() as store:
            await store.cards.save([KnownCard(card_key, office_id, "ready", version, shielded)])

    def ticket(self, card_key: str, born: date = BORN) -> str:
        claims = {"card_key": card_key, "born": born.isoformat()}
        now = datetime.now(UTC).timestamp()
        return Signer(KEY, TICKET_PURPOSE).sign(claims, now=now, lifetime=900)

    async def double_taken(self) -> list[asyncpg.Record]:
        """Pairs of living bookings that overlap at one window."""
        return await self.pool.fetch("""
            SELECT a.booking_id FROM booking a JOIN booking b
                ON a.office_id = b.office_id AND a.window_id = b.window_id
                AND a.booking_id < b.booking_id
                AND a.starts_at < b.starts_at + make_interval(mins => b.minutes)
                AND b.starts_at < a.starts_at + make_interval(mins => a.minutes)
            WHERE a.status <> 'cancelled' AND b.status <> 'cancelled'""")

    async def facts(self, name: str) -> list[str]:
        rows = await self.pool.fetch("SELECT body FROM outbox WHERE name = $1 ORDER BY id", name)
        return [row["body"] for row in rows]


def line_of(person: str) -> dict[str, Any]:
    procedure_id, *also = person.split("+")
    return {"procedure_id": procedure_id, "also": tuple(also)}


STANDING_PERSONS = "SELECT count(DISTINCT (booking_id, person_group)) FROM active_person"
"""Whatever the versions of their keys."""
NOTHING_HELD = {"procedure_id": "slow", "office_id": "here", "starts_at": NOON_BEFORE}
_people = iter(range(10**9))


def new_person() -> str:
    """A name in kana that nobody else has in this run, however it is folded."""
    return "タロウ" + "".join("サシスセソタチツテト"[int(digit)] for digit in str(next(_people)))


async def set_clock(owner_url: str, now: datetime) -> None:
    """Replace clock() as the owner: production has nothing to shift it with."""
    ahead = now - datetime.now(UTC)
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute(
            "CREATE OR REPLACE FUNCTION clock() RETURNS timestamptz LANGUAGE sql STABLE "
            "PARALLEL SAFE RETURN statement_timestamp() + "
            f"make_interval(secs => {ahead.total_seconds()})"
        )
    finally:
        await connection.close()


@asynccontextmanager
async def open_city(
    url: str, owner_url: str, connections: int = 16, windows: int = 8
) -> AsyncIterator[City]:
    """The city on a fresh database, a week before DAY."""
    async with city_on(url, owner_url, connections) as city:
        await lay_out(city, windows)
        yield city


def with_a_city(database: Database) -> None:
    """What a copy of a database has that has been made with it: the city, laid out once."""

    async def made() -> None:
        async with open_city(database.url, database.owner_url):
            pass

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, made()).result()


async def lay_out(city: City, windows: int) -> None:
    open_store = city.desk.open_store
    offices = (office("here", windows), office("there", windows))
    await catalog.register(open_store, Catalog(offices=offices, procedures=PROCEDURES))
    async with open_store() as store:
        for ahead in range(2):
            await store.timetables.open_cells(DAY + timedelta(days=ahead))
        await store.catalog.refresh_statistics()


@asynccontextmanager
async def city_on(url: str, owner_url: str, connections: int = 16) -> AsyncIterator[City]:
    """A desk on a database that has a city, a week before DAY. The clock goes on from there, so
    each copy is set anew."""
    await set_clock(owner_url, NOON_BEFORE)
    async with await asyncpg_pool(url, connections, **SESSION) as pool:
        open_store = store_opener(pool, lambda: None)
        desk = BookingContext(
            open_store=open_store,
            contacts=KeyRing("contact", {1: KEY}),
            persons=KeyRing("person", {1: KEY}),
            index=BlindIndex(KEY),
            tickets=Verifier(TICKET_PUBLIC, TICKET_PURPOSE),
            card_passes=Signer(PASS_KEY, NUMBERS_PURPOSE),
            hold_minutes=10,
            passes=Passes(KEY, bits=4),
            tolls=Tolls(Passes(KEY, bits=4), TryLimits()),
            search_keys=SearchKeys.of(KEY),
        )
        yield City(desk, pool, owner_url)

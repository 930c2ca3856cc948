"""Many at the same rows: a try is repeated, an answer comes in time, and none is wrong."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from dev.testing import Database
from services.booking.domain import Busy, plan_visit
from services.booking.store.claims import CLAIM

from .city import BORN, NOON_BEFORE, PROCEDURES, City, at, office, open_city, set_clock
from .served import Asked, citizen, clerk, serving
from .test_party_races import forget_holds

HOLD = {"procedure_id": "slow", "office_id": "here", "starts_at": at(10).isoformat()}
UNTIL = NOON_BEFORE + timedelta(minutes=10)
IN_TIME = 4.0
"""Less than the five seconds of the doors, also on a busy machine."""
GIVE_WAY = """
    CREATE SEQUENCE tries;
    GRANT USAGE ON tries TO PUBLIC;
    CREATE FUNCTION give_way() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('tries') <= {times} THEN RAISE EXCEPTION USING ERRCODE = '{code}'; END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER give_way BEFORE INSERT ON {table}
        FOR EACH ROW EXECUTE FUNCTION give_way()
"""


async def give_way(city: City, code: str, times: int, table: str = "booking_history") -> None:
    """The database ends the next `times` transactions that write into the table."""
    connection = await asyncpg.connect(city.owner_url)
    try:
        await connection.execute(GIVE_WAY.format(code=code, times=times, table=table))
    finally:
        await connection.close()


DEADLOCK, NOT_SERIALIZABLE = "40P01", "40001"


@pytest.mark.parametrize("code", [DEADLOCK, NOT_SERIALIZABLE])
async def test_what_the_database_ended_because_of_others_is_done_after_all(
    asked: Asked, code: str
) -> None:
    booking = await asked.city.booked(at(10))
    await give_way(asked.city, code, times=2)
    proof = {"number": booking.number, "born": BORN.isoformat()}
    done = await asked.client.post("/v1/bookings/cancel", json=proof, headers=citizen())
    assert (done.status_code, done.json()["status"]) == (200, "cancelled")


async def test_a_wrong_try_is_counted_and_answered_after_all(asked: Asked) -> None:
    booking = await asked.city.booked(at(10))
    await give_way(asked.city, DEADLOCK, times=2, table="wrong_try")
    proof = {"number": booking.number, "born": "1931-02-03"}
    done = await asked.client.post("/v1/bookings/find", json=proof, headers=citizen())
    assert (done.status_code, done.json()["slug"]) == (404, "not-found")
    assert await asked.city.pool.fetchval("SELECT tries FROM wrong_try") == 1


async def test_a_step_of_staff_is_done_after_all(asked: Asked) -> None:
    await asked.city.booked(at(10))
    found = await asked.city.pool.fetchval("SELECT booking_id FROM booking")
    await give_way(asked.city, DEADLOCK, times=2)
    stop = {"version": 1, "reason": "ご本人からの申し出"}
    path = f"/v1/staff/bookings/{found}/cancel"
    done = await asked.client.post(path, json=stop, headers=clerk("bookings.cancel"))
    assert (done.status_code, done.json()["version"]) == (200, 2)


async def test_what_does_not_get_through_is_answered_in_time_and_nothing_happened(
    asked: Asked,
) -> None:
    booking = await asked.city.booked(at(10))
    await give_way(asked.city, DEADLOCK, times=10**9)
    proof, started = {"number": booking.number, "born": BORN.isoformat()}, time.monotonic()
    refused = await asked.client.post("/v1/bookings/cancel", json=proof, headers=citizen())
    assert (refused.status_code, refused.json()["slug"]) == (409, "busy")
    assert time.monotonic() - started < IN_TIME
    assert await asked.city.pool.fetchval("SELECT status FROM booking") == "confirmed"
    assert await asked.city.pool.fetchval("SELECT count(*) FROM idempotency_key") == 2


@asynccontextmanager
async def undecided(city: City) -> AsyncIterator[None]:
    """Somebody is at all cells of ten o'clock and has not committed."""
    async with city.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT FROM cell WHERE starts_at = $1 FOR UPDATE", at(10))
        yield


async def test_while_others_decide_the_answer_is_busy_and_comes_in_time(city: City) -> None:
    started = time.monotonic()
    async with undecided(city):
        for choose in (city.hold(uuid4(), at(10)), city.hold_all(uuid4(), at(10), "slow", "slow")):
            with pytest.raises(Busy):
                await choose
    assert time.monotonic() - started < 2 * IN_TIME
    await city.hold(uuid4(), at(10))


async def test_waiting_for_a_connection_counts_into_the_time(
    database: Callable[[str], Database],
) -> None:
    booking = database("booking")
    async with open_city(booking.url, booking.owner_url, connections=1) as city:
        async with city.pool.acquire():
            started = time.monotonic()
            with pytest.raises(Busy):
                await city.hold(uuid4(), at(10))
            assert time.monotonic() - started < IN_TIME
        await city.hold(uuid4(), at(10))


@pytest.mark.parametrize(
    ("people", "rounds"), [(100, 1), pytest.param(200, 20, marks=pytest.mark.soak)]
)
async def test_of_a_crowd_on_one_start_eight_have_it_and_all_have_an_answer(
    database: Callable[[str], Database], people: int, rounds: int
) -> None:
    booking = database("booking")
    async with open_city(booking.url, booking.owner_url) as city, serving(booking) as client:

        async def choose() -> tuple[int, str, float]:
            started = time.monotonic()
            reply = await client.post("/v1/holds", json=HOLD, headers=citizen())
            slug = reply.json().get("slug", "held")
            return reply.status_code, slug, time.monotonic() - started

        await choose()
        await forget_holds(city)
        for _ in range(rounds):
            answers = await asyncio.gather(*(choose() for _ in range(people)))
            assert max(seconds for _, _, seconds in answers) < IN_TIME
            counted = Counter((status, slug) for status, slug, _ in answers)
            assert counted[201, "held"] == 8
            assert counted.keys() <= {(201, "held"), (409, "slot-full"), (409, "busy")}
            await forget_holds(city)


# As it was: what is locked is not asked again for whom it is.
BLIND = CLAIM.text.replace(
    "n.audience = 'public' AND n.taken_until <= clock()\n    ORDER", "true ORDER"
)
WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"


@pytest.mark.parametrize(
    ("statement", "takes"), [(CLAIM.text, False), (BLIND, True)], ids=["as it is", "blind"]
)
async def test_cells_that_became_those_of_staff_meanwhile_are_not_held(
    city: City, statement: str, takes: bool
) -> None:
    """The statement has seen all cells free; before it locks them, all but the first are turned."""
    assert CLAIM.text != BLIND
    await stop_at_the_clock(city)
    visit = plan_visit(
        next(p for p in PROCEDURES if p.procedure_id == "slow"),
        office("here", 1).series, "here", at(10),
    )  # fmt: skip
    async with city.pool.acquire() as gatekeeper, city.pool.acquire() as session:
        assert not await claimed(session, statement, [NOON_BEFORE]), "only planned"
        await gatekeeper.execute("SELECT pg_advisory_lock(42)")
        claim = asyncio.create_task(claimed(session, statement, visit.starts))
        for _ in range(1000):
            if await city.pool.fetchval(WAITS):
                break
            await asyncio.sleep(0.01)
        await city.pool.execute(
            "UPDATE cell SET audience = 'staff' WHERE starts_at = ANY ($1)", visit.starts[1:]
        )
        await gatekeeper.execute("SELECT pg_advisory_unlock(42)")
        assert await claim is takes
    await set_clock(city.owner_url, NOON_BEFORE)


async def claimed(
    session: asyncpg.pool.PoolConnectionProxy, statement: str, starts: object
) -> bool:
    values = CLAIM.args(
        holder=uuid4(), office_id="here", starts=starts, windows=[1], cells=6, until=UNTIL,
        procedure_id="slow", scope="scope", key=uuid4().hex, digest="digest", fact_id=uuid4(),
        fact_name="cells.changed.v1", request_id="-", extensions=0, first_until=UNTIL,
        earlier=None,
    )  # fmt: skip
    found = await session.fetchrow(statement, *values)
    return found is not None


async def stop_at_the_clock(city: City) -> None:
    """Who asks for the time waits for whoever has the lock 42: in the middle of a statement."""
    connection = await asyncpg.connect(city.owner_url)
    try:
        await connection.execute("""
            CREATE OR REPLACE FUNCTION clock() RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
            BEGIN
                PERFORM pg_advisory_xact_lock_shared(42);
                RETURN '2027-05-25 12:00+09'::timestamptz;
            END $$""")
    finally:
        await connection.close()

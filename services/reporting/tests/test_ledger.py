"""Facts may come late, early, twice and together: the counts are the same."""

import asyncio
import random
from uuid import uuid4

from sqlalchemy import text

from libs.common.facts import Fact
from libs.contracts.booking import BookingRestated
from libs.contracts.eligibility import PersonsImported, PersonsMoved
from libs.contracts.reporting import Figures

from .conftest import Reporting
from .factories import at, delivered, failed, holder, moved, office, reopened, step, updated


async def only(reporting: Reporting) -> Figures:
    """Of the one office and procedure that there is."""
    [cell] = (await reporting.report()).cells
    return cell.figures


async def rows(reporting: Reporting, sql: str) -> list[tuple[object, ...]]:
    async with reporting.open_store() as store:
        return [tuple(row) for row in (await store.session.execute(text(sql))).all()]


def life_of_a_booking() -> list[Fact]:
    """Booked, moved, reached elsewhere, arrived, done, taken back, not done: seven versions."""
    known = uuid4()
    return [
        step(version=1, booking_id=known),
        moved(known, 2, at(11)),
        updated(known, 3),
        step("arrived", 4, booking_id=known, at=at(11, 5)),
        step("finished", 5, booking_id=known, outcome="collected", at=at(11, 30)),
        reopened(known, 6),
        step("finished", 7, booking_id=known, outcome="papers", at=at(11, 40)),
    ]


async def test_any_order_and_any_repetition_give_the_same_counts(reporting: Reporting) -> None:
    chance = random.Random(20261201)
    for round_number in range(1, 26):
        facts = [*life_of_a_booking(), step("cancelled", 2)]
        shuffled = facts + chance.choices(facts, k=4)
        chance.shuffle(shuffled)
        await reporting.take(*shuffled)
        row = await only(reporting)
        assert (row.bookings, row.unfinished, row.cancelled) == (
            2 * round_number,
            round_number,
            round_number,
        )
    versions = await rows(reporting, "SELECT count(*) FROM booking_version")
    assert versions == [(25 * 8,)]


async def test_versions_that_come_at_the_same_moment_leave_the_newest(reporting: Reporting) -> None:
    for _ in range(10):
        await asyncio.gather(*(reporting.take(fact) for fact in life_of_a_booking()))
    row = await only(reporting)
    assert (row.bookings, row.unfinished) == (10, 10)


async def test_a_visit_for_several_procedures_counts_once_and_each_of_them_once(
    reporting: Reporting,
) -> None:
    await reporting.take(step(procedure_id="certificate", also=("pin",)), step(procedure_id="pin"))
    found = (await reporting.report()).procedures
    told = [(g.procedure_id, g.figures.bookings, g.figures.procedures) for g in found]
    assert sorted(told, key=str) == [("certificate", 1, 1), ("pin", 1, 2)]


async def test_every_column_counts_what_became_of_its_bookings(reporting: Reporting) -> None:
    await reporting.take(
        step(),
        step(),
        step("arrived", 2),
        step("finished", 3, outcome="done"),
        step("finished", 3, outcome="outage"),
        step("missed", 2),
        step("cancelled", 2),
    )
    row = await only(reporting)
    parts = (
        row.waiting,
        row.arrived,
        row.finished,
        row.unfinished,
        row.missed,
        row.cancelled,
    )
    assert parts == (2, 1, 1, 1, 1, 1)
    assert row.bookings == sum(parts)


async def test_a_booking_that_moved_to_another_day_leaves_the_first(reporting: Reporting) -> None:
    known = uuid4()
    await reporting.take(moved(known, 2, at(9, day=2)), step(version=1, booking_id=known))
    assert (await reporting.report()).cells == ()


async def test_who_was_received_on_another_day_counts_there_and_no_more_on_the_first(
    reporting: Reporting,
) -> None:
    known = uuid4()
    came_from = {"previous_office_id": "honcho", "previous_starts_at": at(9, day=2)}
    await reporting.take(
        step("arrived", 2, booking_id=known, office_id="dainan", **came_from),
        step(version=1, booking_id=known, starts_at=at(9, day=2)),
    )
    [row] = (await reporting.report()).cells
    assert (row.office_id, row.figures.bookings, row.figures.arrived) == ("dainan", 1, 1)
    left = "SELECT count(*) FROM booking_now WHERE day <> '2026-12-01'"
    assert await rows(reporting, left) == [(0,)]


async def test_a_day_ends_at_midnight_in_oita(reporting: Reporting) -> None:
    await reporting.take(
        step(starts_at=at(0)),
        step(starts_at=at(23, 55)),
        step(starts_at=at(0, day=2)),
    )
    row = await only(reporting)
    assert row.bookings == 2


async def test_only_the_callers_offices_are_counted(reporting: Reporting) -> None:
    await reporting.take(
        step(),
        step(office_id="akeno"),
        delivered(),
        failed(office_id="akeno"),
    )
    akeno = await reporting.report("akeno")
    assert [row.office_id for row in akeno.cells] == ["akeno"]
    assert (akeno.mails_sent, akeno.mails_failed) == (0, 1)
    assert len((await reporting.report("akeno", "honcho")).cells) == 2
    assert (await reporting.report("nowhere")).cells == ()


async def test_offices_have_their_newest_name_and_come_in_the_citys_order(
    reporting: Reporting,
) -> None:
    await reporting.take(
        step(),
        step(office_id="akeno"),
        step(office_id="dainan"),
        office("honcho", "本庁舎1階市民課", version=2, position=1),
        office("honcho", "本庁舎", version=1, position=9),
        office("akeno", "明野支所", position=2),
    )
    named = [office.name for office in (await reporting.report()).office_names]
    assert named == ["本庁舎1階市民課", "明野支所", "dainan"]


async def test_the_counts_say_when_the_newest_counted_fact_happened(reporting: Reporting) -> None:
    assert (await reporting.report()).as_of is None
    await reporting.take(step(at=at(8)), step("cancelled", 2, at=at(10)), step(at=at(9)))
    assert (await reporting.report()).as_of == at(10)
    await reporting.take(delivered(at=at(12)))
    assert (await reporting.report()).as_of == at(12)


async def test_a_mail_that_was_sent_in_the_end_counts_as_sent_once(reporting: Reporting) -> None:
    known = uuid4()
    tries = [
        delivered(booking_id=known, at=at(10)),
        failed(booking_id=known, at=at(11)),
        delivered(booking_id=known, at=at(10)),
    ]
    for order in (tries, tries[::-1]):
        await reporting.take(*order)
        counts = await reporting.report()
        assert (counts.mails_sent, counts.mails_failed) == (1, 0)


async def test_the_newest_version_of_each_card_stays(reporting: Reporting) -> None:
    imported = PersonsImported(
        batch_id=uuid4(),
        holders=(
            holder("a" * 64, 2, "akeno", "collected"),
            holder("a" * 64, 1, "honcho", "ready"),
            holder("b" * 64, 1, "honcho", "ready"),
        ),
    )
    carried = PersonsMoved(batch_id=uuid4(), holders=(holder("b" * 64, 2, "dainan", "ready"),))
    await reporting.take(carried, imported, carried, imported)
    cards = await rows(reporting, "SELECT office_id, state FROM card ORDER BY card_key")
    assert cards == [("akeno", "collected"), ("dainan", "ready")]


async def test_no_number_and_no_contact_is_kept_anywhere(reporting: Reporting) -> None:
    await reporting.take(step(number="SECRETNO", contact="sealed contact"))
    for table in ("booking_version", "booking_now"):
        [(row,)] = await rows(reporting, f"SELECT t::text FROM {table} t")
        assert "honcho" in str(row)
        assert "SECRETNO" not in str(row)
        assert "sealed" not in str(row)


async def test_bookings_that_are_said_again_leave_a_full_ledger_and_its_counts_as_they_are(
    reporting: Reporting,
) -> None:
    life = life_of_a_booking()
    await reporting.take(*life, step("cancelled", 2))
    before = await everything(reporting)
    await reporting.take(*(restated(fact) for fact in life))
    assert await everything(reporting) == before


async def test_an_emptied_reporting_counts_again_what_stands_now(reporting: Reporting) -> None:
    """But for what happened to it before: how often it moved. An older version that still comes
    afterwards changes no count."""
    life, gone = life_of_a_booking(), step("cancelled", 2)
    await reporting.take(*life, gone)
    counts = (await reporting.report()).total
    tables = "DELETE FROM booking_version RETURNING 1", "DELETE FROM booking_now RETURNING 1"
    for sql in tables:
        await rows(reporting, sql)
    await reporting.take(restated(life[-1]), restated(gone), restated(life[0]))
    assert counts.moves == 1
    assert (await reporting.report()).total == counts.model_copy(update={"moves": 0})


async def everything(reporting: Reporting) -> list[list[tuple[object, ...]]]:
    tables = ("booking_version", "booking_now", "wait")
    return [await rows(reporting, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]


def restated(fact: Fact) -> BookingRestated:
    """The same version as booking says it again."""
    said = fact.model_dump()
    return BookingRestated.model_validate({**said, "displaced": bool(said.get("displaced"))})


async def test_counts_say_whether_any_office_has_come_in(reporting: Reporting) -> None:
    assert not (await reporting.report()).offices_known
    await reporting.take(office("honcho", "本庁舎"))
    assert (await reporting.report()).offices_known

"""A check or a file that met a deadlock is answered after all, and counted once."""

from dev.deadlocks import crossing, run_again
from services.eligibility.tests.support import Service, sheet

NUMBER, BORN, WRONG, ORIGIN = "OTA-000001", "1950-01-02", "1950-01-03", "ab" * 32
OTHER = "OTA-000002"


async def test_a_wrong_try_is_answered_and_counted_once(service: Service) -> None:
    await service.check(NUMBER, WRONG, origin=ORIGIN)
    before = run_again()
    first, then = ("UPDATE origin_try SET day = day", "UPDATE wrong_try SET day = day")
    with crossing(service.database, first, then):
        answer = await service.check(NUMBER, WRONG, origin=ORIGIN)
    assert (answer.status_code, run_again() > before) == (404, True)
    [row] = await service.fetch(
        "SELECT w.tries, o.tries AS of_origin FROM wrong_try w, origin_try o"
    )
    assert tuple(row) == (2, 2)


async def test_a_file_is_taken_in_once(service: Service) -> None:
    await service.take(sheet(f"{NUMBER},{BORN},鶴崎支所", f"{OTHER},{BORN},鶴崎支所"))
    before = run_again()
    moved = sheet(f"{NUMBER},{BORN},大南支所", f"{OTHER},{BORN},大南支所")
    # The first person of the file is written first; whoever has the second waits for the first.
    persons = await service.fetch("SELECT card_key FROM person ORDER BY ctid")
    touch = "UPDATE person SET version = version WHERE card_key = '{}'"
    first, then = (touch.format(row["card_key"]) for row in reversed(persons))
    with crossing(service.database, first, then):
        report = await service.take(moved)
    assert (report["changed"], run_again() > before) == (2, True)
    offices = await service.fetch("SELECT office_id, version FROM person")
    assert [tuple(row) for row in offices] == [("dainan", 2)] * 2

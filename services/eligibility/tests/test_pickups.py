"""Facts from the counter: cards handed over, and outcomes that were taken back or come late."""

from uuid import uuid4

import pytest

from libs.contracts.booking import BookingFinished, BookingReopened
from services.eligibility.tests.support import Service, finished, reopened, sheet


@pytest.fixture
async def person(service: Service) -> str:
    await service.take(sheet("OTA-000001,1950-01-02,鶴崎支所"))
    (row,) = await service.fetch("SELECT card_key FROM person")
    return str(row["card_key"])


async def state(service: Service) -> tuple[str, int]:
    (row,) = await service.fetch("SELECT state, version FROM person")
    return row["state"], row["version"]


async def test_a_card_that_was_handed_over_is_collected_and_published(
    service: Service, person: str
) -> None:
    await service.hear(finished(person, "collected"))
    assert await state(service) == ("collected", 2)
    (batch,) = await service.fetch("SELECT batch_id FROM batch")
    (fact,) = await service.fetch("SELECT body FROM outbox ORDER BY id DESC LIMIT 1")
    assert str(batch["batch_id"]) in fact["body"]
    name, holders = (await service.facts())[-1]
    assert name == "eligibility.imported.v1"
    assert [(h["card_key"], h["state"], h["version"]) for h in holders] == [
        (person, "collected", 2)
    ]


async def test_a_card_is_collected_also_where_the_visit_was_for_something_else_first(
    service: Service, person: str
) -> None:
    visit = finished(person, "done").model_copy(update={"outcomes": {"issuance": "collected"}})
    await service.hear(visit)
    assert await state(service) == ("collected", 2)


async def test_an_undone_tick_makes_the_card_ready_again(service: Service, person: str) -> None:
    visit = uuid4()
    await service.hear(finished(person, "collected", 3, visit), reopened(person, 4, visit))
    assert await state(service) == ("ready", 3)
    assert len(await service.facts()) == 3


async def test_outcomes_that_come_late_or_twice_change_nothing(
    service: Service, person: str
) -> None:
    visit = uuid4()
    done, undone = finished(person, "collected", 3, visit), reopened(person, 4, visit)
    await service.hear(undone, done, done)
    assert await state(service) == ("ready", 1)
    assert len(await service.facts()) == 1


async def test_undoing_another_visit_leaves_the_card_collected(
    service: Service, person: str
) -> None:
    earlier, later = uuid4(), uuid4()
    await service.hear(
        finished(person, "papers", 3, earlier),
        finished(person, "collected", 3, later),
        reopened(person, 4, earlier),
    )
    assert await state(service) == ("collected", 2)


async def test_a_corrected_outcome_counts(service: Service, person: str) -> None:
    visit = uuid4()
    await service.hear(
        finished(person, "collected", 3, visit), finished(person, "outage", 4, visit)
    )
    assert await state(service) == ("ready", 3)


@pytest.mark.parametrize(
    "fact", [finished(None, "done"), finished("f" * 64, "collected"), reopened(None)]
)
async def test_visits_without_a_card_of_ours_change_nothing(
    service: Service, person: str, fact: BookingFinished | BookingReopened
) -> None:
    await service.hear(fact)
    assert await state(service) == ("ready", 1)
    assert len(await service.facts()) == 1

"""Where every card is, said again, and outcomes that booking says again."""

from collections.abc import Sequence
from uuid import uuid4

from libs.common.database import engine, store_opener
from libs.common.facts import Fact
from libs.contracts.booking import BookingFact, BookingRestated
from libs.contracts.eligibility import CardHolder, PersonsImported
from services.eligibility.actions import republish as actions
from services.eligibility.store import Store

from .support import Service, finished, reopened, sheet


async def said(service: Service) -> list[tuple[CardHolder, ...]]:
    """The holders of each fact."""
    facts: list[Fact] = []

    async def send(some: Sequence[Fact]) -> None:
        facts.extend(some)

    source = engine(service.database.url, 1)
    try:
        await actions.republish(store_opener(source, Store, lambda: None), send)
    finally:
        await source.dispose()
    assert all(isinstance(fact, PersonsImported) for fact in facts)
    return [fact.holders for fact in facts if isinstance(fact, PersonsImported)]


async def test_every_person_is_said_once_as_they_are_in_facts_of_five_hundred(
    service: Service,
) -> None:
    await service.take(sheet(*(f"OTA-{n:06},1950-01-02,鶴崎支所" for n in range(1, 1202))))
    (row,) = await service.fetch("SELECT card_key FROM person LIMIT 1")
    await service.hear(finished(row["card_key"], "collected"))
    before = await service.facts()
    facts = await said(service)
    assert [len(holders) for holders in facts] == [500, 500, 201]
    kept = await service.fetch(
        "SELECT card_key, office_id, state, version, shielded FROM person ORDER BY card_key"
    )
    assert [holder.model_dump() for holders in facts for holder in holders] == [
        {**row, "withdrawn": False} for row in kept
    ]
    assert await service.facts() == before


async def test_a_list_without_persons_says_nothing(service: Service) -> None:
    assert await said(service) == []


def restated(fact: BookingFact) -> BookingRestated:
    return BookingRestated.model_validate(fact.model_dump())


async def test_an_outcome_that_was_lost_is_known_again_and_one_that_is_known_changes_nothing(
    service: Service,
) -> None:
    await service.take(sheet("OTA-000001,1950-01-02,鶴崎支所"))
    (person,) = await service.fetch("SELECT card_key FROM person")
    visit = uuid4()
    collected = finished(person["card_key"], "collected", 3, visit)
    states = []
    for fact in (
        restated(collected),
        collected,
        restated(collected),
        restated(reopened(person["card_key"], 4, visit)),
        restated(collected),
    ):
        await service.hear(fact)
        (row,) = await service.fetch("SELECT state, version FROM person")
        states.append((row["state"], row["version"]))
    assert states == [("collected", 2)] * 3 + [("ready", 3)] * 2


async def test_a_visit_that_names_no_card_leaves_no_trace(service: Service) -> None:
    await service.hear(restated(reopened(None)))
    assert await service.fetch("SELECT 1 FROM pickup") == []

"""Facts in: what they leave in the tables."""

from datetime import UTC, datetime

from libs.common.assertion import EVERY_OFFICE
from libs.contracts.booking import BookingErased, BookingResent
from services.notify.store import OpenStore, waking

from .factories import (
    CONTACTS,
    cancelled,
    changed,
    confirmed,
    delivery,
    office,
    prepare,
    procedure,
    rows,
    take,
    updated,
)


async def test_a_repeated_fact_leaves_one_delivery(open_store: OpenStore) -> None:
    fact = confirmed()
    await prepare(open_store, fact, fact)
    assert len(await rows(open_store, "SELECT 1 FROM delivery")) == 1


async def test_each_version_of_a_booking_has_a_delivery_of_its_kind(open_store: OpenStore) -> None:
    first = confirmed()
    booking = first.booking_id
    others = changed, updated, cancelled
    facts = (make(booking_id=booking, version=n) for n, make in enumerate(others, 2))
    await prepare(open_store, first, *facts)
    found = await rows(open_store, "SELECT kind, version FROM delivery ORDER BY version")
    assert [(row["kind"], row["version"]) for row in found] == [
        ("confirmed", 1),
        ("changed", 2),
        ("updated", 3),
        ("cancelled", 4),
    ]


async def test_a_mail_that_is_wanted_again_is_the_confirmation_of_a_later_version(
    open_store: OpenStore,
) -> None:
    first = confirmed()
    again = BookingResent(**first.model_dump() | {"version": 2})
    await prepare(open_store, first, again, again)
    found = await rows(open_store, "SELECT kind, version FROM delivery ORDER BY version")
    assert [(row["kind"], row["version"]) for row in found] == [("confirmed", 1), ("confirmed", 2)]


async def test_who_gave_no_address_gets_no_mail(open_store: OpenStore) -> None:
    await prepare(open_store, confirmed(email=None))
    assert await rows(open_store, "SELECT 1 FROM delivery") == []


async def test_an_address_is_kept_sealed(open_store: OpenStore) -> None:
    fact = confirmed(email="hana@example.jp")
    await prepare(open_store, fact)
    row = await delivery(open_store, fact.booking_id)
    assert row["contact"] == fact.contact
    assert "hana" not in str(row)


async def test_an_older_version_of_an_office_or_procedure_changes_nothing(
    open_store: OpenStore,
) -> None:
    await take(open_store, office(name="新しい", version=2), office(name="古い", version=1))
    await take(open_store, procedure(name="新しい", version=2), procedure(name="古い", version=1))
    names = "SELECT name FROM office UNION ALL SELECT name FROM procedure"
    assert [row["name"] for row in await rows(open_store, names)] == ["新しい", "新しい"]


async def test_a_newer_version_of_an_office_or_procedure_replaces_the_known_one(
    open_store: OpenStore,
) -> None:
    await take(open_store, office(), office(phone="097-111-1111", version=2))
    await take(open_store, procedure(), procedure(documents=("印鑑",), version=2))
    assert (await rows(open_store, "SELECT phone FROM office"))[0]["phone"] == "097-111-1111"
    found = await rows(open_store, "SELECT documents FROM procedure")
    assert found[0]["documents"] == ["印鑑"]


async def test_the_sender_is_woken_after_the_commit_of_a_mail_and_not_without_one(
    open_store: OpenStore,
) -> None:
    woken: list[bool] = []
    opened = waking(open_store, lambda: woken.append(True))
    await take(opened, confirmed(email=None))
    assert woken == []
    await take(opened, confirmed())
    assert woken == [True]


async def test_of_an_erased_booking_no_address_is_kept_and_nothing_waits(
    open_store: OpenStore,
) -> None:
    fact, other = confirmed(link=CONTACTS.seal("token")), confirmed()
    await prepare(open_store, fact, other)
    await take(open_store, BookingErased(booking_id=fact.booking_id, at=datetime.now(UTC)))
    kept = await delivery(open_store, fact.booking_id)
    assert (kept["contact"], kept["link"], kept["state"]) == (None, None, "failed")
    assert (await delivery(open_store, other.booking_id))["contact"] == other.contact


async def test_what_still_waits_for_an_address_that_was_taken_away_is_not_sent(
    open_store: OpenStore,
) -> None:
    fact, other = confirmed(link=CONTACTS.seal("token")), confirmed()
    await prepare(open_store, fact, other)
    await take(open_store, updated(booking_id=fact.booking_id, email=None))
    kept = await delivery(open_store, fact.booking_id)
    assert (kept["contact"], kept["link"], kept["state"]) == (None, None, "failed")
    async with open_store() as store:
        assert await store.deliveries(fact.booking_id, frozenset({EVERY_OFFICE})) == ()
    assert (await delivery(open_store, other.booking_id))["state"] == "waiting"


async def test_another_address_takes_nothing_back(open_store: OpenStore) -> None:
    fact = confirmed()
    await prepare(open_store, fact, updated(booking_id=fact.booking_id))
    found = await rows(open_store, "SELECT kind, state FROM delivery ORDER BY version")
    assert [(row["kind"], row["state"]) for row in found] == [
        ("confirmed", "waiting"),
        ("updated", "waiting"),
    ]

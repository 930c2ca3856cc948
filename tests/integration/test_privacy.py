"""Personal data stays where it belongs: not in logs, figures, facts, nor readable in any table.

What all other tests of this folder left behind is looked at too.
"""

import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from aio_pika.abc import AbstractQueue

from dev.page import Lost
from dev.walk import Citizen, Staff, birth
from libs.common.broker import facts_exchange
from libs.contracts.subscriptions import OWNERS

from .crowd import AnyStack
from .ledger import as_operator, as_superuser, eventually, mail_to, settled
from .people import INDIVIDUAL_NUMBER, Person, csv_file, everybody, new_person, spelt_in
from .test_journeys import hold_card_pickup

NewCitizen = Callable[[], Awaitable[Citizen]]
# What the load generator types: bench/visitor.py.
CROWD = re.compile("@crowd\\.example|ベンチ|1960-04-01|19600401")
_REQUEST_ID = re.compile("[0-9a-f]{32}")


def leaks(text: str, people: Iterable[Person]) -> set[str]:
    """What of these people, or of any crowd, can be read in a text."""
    secrets = {secret for person in people for secret in person.secrets()}
    found = secrets.intersection(spelt_in(text))
    found |= {secret for secret in (INDIVIDUAL_NUMBER,) if secret in text}
    return found | set(CROWD.findall(text))


async def walk_with_mistakes(stack: AnyStack, citizen: Citizen, staff: Staff, day: date) -> Person:
    """A journey past every place where somebody types, rightly and wrongly."""
    person, twin = new_person(), new_person()
    good, bad = person.row("植田支所"), f"{INDIVIDUAL_NUMBER},{twin.born.isoformat()},植田支所"
    with pytest.raises(Lost):
        await staff.import_persons(f"{INDIVIDUAL_NUMBER}.csv", csv_file(good, bad))
    await staff.import_persons(f"{INDIVIDUAL_NUMBER}.csv", csv_file(good))
    await mistype(citizen, person)
    await citizen.choose_office("pin", "wasada")
    await citizen.comes()
    await citizen.open(f"?m={day:%Y-%m}")
    starts = await citizen.times(day.isoformat())
    assert await citizen.take(starts[0])
    await citizen.send("you", {"kana": "!", "email": person.email[:-8], **birth(person.born)})
    await citizen.about(person.email, person.kana, person.born)
    number = await citizen.confirm()
    await citizen.open("/find")
    await citizen.send("/find", {"number": INDIVIDUAL_NUMBER, **birth(person.born)})
    await citizen.open(f"/find?number={number}")
    await citizen.find(number, person.born)
    await citizen.cancel()
    await settled(stack)
    return person


async def mistype(citizen: Citizen, person: Person) -> None:
    for card, born in ((INDIVIDUAL_NUMBER, person.born), (person.card, date(1999, 9, 9))):
        await citizen.begin("issuance")
        await citizen.send("card", {"card": card, **birth(born)})
        assert citizen.status in (404, 422)
        assert INDIVIDUAL_NUMBER not in " ".join(e.text for e in citizen.page.elements)


async def book_pin_visit(citizen: Citizen, person: Person, day: date) -> str:
    """The number of a visit on `day`."""
    await citizen.choose_office("pin", "ozai")
    await citizen.comes()
    await citizen.open(f"?m={day:%Y-%m}")
    assert await citizen.take((await citizen.times(day.isoformat()))[0])
    await citizen.about(person.email, person.kana, person.born)
    return await citizen.confirm()


@asynccontextmanager
async def spy(stack: AnyStack) -> AsyncIterator[AbstractQueue]:
    """A queue that gets every fact."""
    async with as_operator(stack) as channel:
        queue = await channel.declare_queue(exclusive=True)
        for owner in OWNERS:
            await queue.bind(facts_exchange(owner), "#")
        yield queue


async def drained(queue: AbstractQueue) -> Iterator[str]:
    """Everything that lies in a queue, headers included."""
    texts = []
    while message := await queue.get(fail=False, no_ack=True):
        texts.append(f"{message.routing_key} {message.info()} {message.body.decode()}")
    return iter(texts)


async def tables(stack: AnyStack) -> dict[str, str]:
    """Every table of every service as text."""
    async with as_superuser(stack) as connection:
        names = await connection.fetch(
            "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        texts = {}
        for name in (row["name"] for row in names):
            rows = await connection.fetch(f"SELECT t::text AS row FROM {name} t")
            texts[name] = "\n".join(row["row"] for row in rows)
    return texts


def logs(stack: AnyStack) -> dict[str, str]:
    """Every log of the system: the services', the mail sink's, PostgreSQL's, RabbitMQ's."""
    paths: list[Path] = [*(stack.var / "log").glob("*.log"), stack.postgres.log, stack.rabbitmq.log]
    return {path.name: path.read_text(errors="replace") for path in paths}


async def figures(stack: AnyStack) -> dict[str, str]:
    """/metrics of every process."""
    async with aiohttp.ClientSession() as session:
        texts = {}
        for name in stack.services:
            async with session.get(f"{stack.ports.ops_url(name)}/metrics") as answer:
                assert answer.status == 200
                texts[name] = await answer.text()
    return texts


@pytest.mark.timeout(180)
async def test_no_personal_data_can_be_read_outside_pages_and_mails(
    stack: AnyStack, citizen: Citizen, staff: Staff, quiet_day: date
) -> None:
    async with spy(stack) as queue:
        person = await walk_with_mistakes(stack, citizen, staff, quiet_day)
        facts = list(await drained(queue))
    assert {fact.split()[0] for fact in facts} >= {"booking.confirmed.v1", "booking.cancelled.v1"}
    seen = await tables(stack)
    assert len(seen) > 20
    assert any(text for name, text in seen.items() if name == "booking.booking")
    everything = {**seen, **logs(stack), **await figures(stack), "facts": "\n".join(facts)}
    everyone = [*everybody(), person]
    leaked = {name: found for name, text in everything.items() if (found := leaks(text, everyone))}
    assert not leaked


async def test_a_card_number_that_staff_were_shown_is_written_down_nowhere(
    stack: AnyStack, citizen: Citizen, staff: Staff, quiet_day: date
) -> None:
    """前日準備, the page of the booking and the list show it whole, 今日 the last four signs."""
    person, day = new_person(), quiet_day.isoformat()
    await staff.import_persons("card.csv", csv_file(person.row("鶴崎支所")))
    await hold_card_pickup(citizen, person, quiet_day)
    number = await citizen.confirm()
    async with spy(stack) as queue:
        for address in (
            f"/preparations?office=tsurusaki&day={day}",
            f"/bookings?from={day}&until={day}&cards=1",
        ):
            await staff.open(address)
            assert person.card in " ".join(e.text for e in staff.page.elements)
        await staff.see(number)
        own = urlsplit(staff.path).path
        await staff.send(f"{own}/card-number", {})
        assert person.card in " ".join(e.text for e in staff.page.elements)
        await staff.open(f"/?office=tsurusaki&day={day}")
        shown = " ".join(e.text for e in staff.page.elements)
        assert person.card not in shown
        assert f"末尾 {person.card[-4:]}" in shown
        await settled(stack)
        facts = list(await drained(queue))
    opened = [
        line for line in lines(stack, "eligibility") if line["event"] == "card numbers opened"
    ]
    assert {line["use"] for line in opened} >= {"preparations", "list", "booking", "today"}
    everything = {**await tables(stack), **logs(stack), **await figures(stack)}
    everything["facts"] = "\n".join(facts)
    assert not {
        name: found for name, text in everything.items() if (found := leaks(text, [person]))
    }


async def test_the_link_of_a_mail_opens_the_booking_and_is_written_down_nowhere(
    stack: AnyStack, new_citizen: NewCitizen, quiet_day: date
) -> None:
    booking, opening = await new_citizen(), await new_citizen()
    person, before = new_person(), time.time_ns()
    async with spy(stack) as queue:
        number = await book_pin_visit(booking, person, quiet_day)
        _, mail = await mail_to(stack, person.email, "ご予約を受け付けました", before)
        facts = list(await drained(queue))
    [token] = re.findall(r"/open/([A-Za-z0-9_-]{43})\s", mail.get_content())
    await opening.open(f"/open/{token}")
    await opening.send("/open")
    opening.at("/show")
    assert number in [shown.text for shown in opening.page.all("p", **{"class": "number"})]
    await settled(stack)
    everything = {**await tables(stack), **logs(stack), **await figures(stack)}
    assert [name for name, text in everything.items() if token in text] == []
    assert [fact for fact in facts if token in fact] == []


def test_the_search_for_personal_data_would_find_it() -> None:
    person = new_person()
    for secret in person.secrets():
        assert leaks(f"(1,{secret},x)", [person]) == {secret} | leaks(secret, [person])
    assert leaks(INDIVIDUAL_NUMBER, [])
    assert leaks("To: visitor1@crowd.example", [])


async def test_one_request_id_leads_from_the_door_to_the_mail(
    stack: AnyStack, citizen: Citizen, quiet_day: date
) -> None:
    """An operator who has the line of the confirmation finds what the other services did."""
    person = new_person()
    await book_pin_visit(citizen, person, quiet_day)
    await settled(stack)
    [*_, confirmed] = [
        line for line in lines(stack, "internet") if line.get("route") == "/book/{draft}/confirm"
    ]
    request_id = confirmed["request_id"]
    assert _REQUEST_ID.fullmatch(str(request_id))
    for service in ("booking", "notify", "reporting"):

        async def written(service: str = service) -> bool:
            return any(line["request_id"] == request_id for line in lines(stack, service))

        await eventually(f"{service} logs the request id of the door", written, 5)


def lines(stack: AnyStack, service: str) -> list[dict[str, object]]:
    """A service's log, read line by line: every one is a JSON object."""
    text = (stack.var / "log" / f"{service}.log").read_text()
    return [_read(line) for line in text.splitlines() if line]


def _read(line: str) -> dict[str, object]:
    try:
        found: dict[str, object] = json.loads(line)
    except ValueError:
        raise AssertionError(f"not JSON: {line!r}") from None
    return found

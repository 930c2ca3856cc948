"""At the citizens' door: the page for an unknown number and for a wrong date is the same page."""

import random
import re
import time
from dataclasses import asdict, dataclass

import aiohttp
import pytest

from dev.evidence import Evidence
from dev.likeness import Pairs, assert_alike, likeness
from dev.walk import Citizen, Staff, birth, browsing

from .crowd import AnyStack
from .people import csv_file, new_person

pytestmark = pytest.mark.alone

WARM_UP = 10
_TOKENS = re.compile(r'(name="(?:csrf|key)" value=")[^"]+')


@dataclass(frozen=True)
class Seen:
    """What a citizen gets, and how long it took. `page` has neither tokens nor what was typed."""

    status: int
    headers: frozenset[str]
    page: str
    seconds: float


async def guess(citizen: Citizen, card: str, form: dict[str, str]) -> Seen:
    """One wrong try, from an address of its own."""
    place = ".".join(str(random.randrange(1, 255)) for _ in range(4))
    headers = {"Origin": citizen.origin, "X-Forwarded-For": place, "Accept-Encoding": "identity"}
    url, data = citizen.origin + citizen.path, {**form, "card": card}
    started = time.perf_counter()
    async with citizen.session.post(url, data=data, headers=headers) as answer:
        text = await answer.text()
    took = time.perf_counter() - started
    return Seen(answer.status, names_of(answer), masked(text, card), took)


def names_of(answer: aiohttp.ClientResponse) -> frozenset[str]:
    """The headers, with the lengths of body and cookie but not the cookie itself."""
    cookie = answer.headers.get("set-cookie", "")
    length = answer.headers.get("content-length", "none")
    return frozenset({*answer.headers, f"body {length}", f"cookie {len(cookie)}"})


def masked(text: str, card: str) -> str:
    return _TOKENS.sub(r"\1…", text.replace(card, "…"))


async def measure(stack: AnyStack, staff: Staff, count: int) -> list[tuple[Seen, Seen]]:
    """(unknown number, wrong date) of each pair, in random order. Every number is tried once."""
    people = [new_person() for _ in range(count)]
    await staff.import_persons("対象者.csv", csv_file(*(one.row("鶴崎支所") for one in people)))
    async with browsing() as session:
        citizen = Citizen(session, stack.ports.url("internet"))
        await citizen.begin("issuance")
        form = {**citizen.page.form("card").fields, **birth(new_person().born.replace(year=1990))}
        for number in range(WARM_UP):
            await guess(citizen, f"WAR{number:06}", form)
        pairs = []
        for number, person in enumerate(people):
            cards = {"unknown": f"NOP{number:06}", "wrong": person.card.replace("-", "")}
            order = random.sample(sorted(cards), 2)
            seen = {which: await guess(citizen, cards[which], form) for which in order}
            pairs.append((seen["unknown"], seen["wrong"]))
        return pairs


def assert_same_page(pairs: list[tuple[Seen, Seen]]) -> None:
    everything = [seen for pair in pairs for seen in pair]
    assert {seen.status for seen in everything} == {404}
    assert len({seen.headers for seen in everything}) == 1
    assert len({seen.page for seen in everything}) == 1


def times(pairs: list[tuple[Seen, Seen]]) -> Pairs:
    return [(unknown.seconds, wrong.seconds) for unknown, wrong in pairs]


async def test_an_unknown_number_and_a_wrong_date_get_the_same_page_in_the_same_time(
    stack: AnyStack, staff: Staff
) -> None:
    pairs = await measure(stack, staff, 150)
    assert_same_page(pairs)
    assert_alike(times(pairs))


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_ten_thousand_pairs_get_the_same_page_in_the_same_time(
    stack: AnyStack, staff: Staff, evidence: Evidence
) -> None:
    pairs = await measure(stack, staff, 10_000)
    assert_same_page(pairs)
    assert_alike(times(pairs))
    found = asdict(likeness(times(pairs)))
    evidence("alike-pages", ["services/gateway/internet"], pairs=len(pairs), **found)

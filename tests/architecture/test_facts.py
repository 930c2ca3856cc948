"""Every published fact has a subscriber, every subscription a publisher, and the broker agrees."""

import ast
import re
from functools import cache

import pytest

from dev.docs import subscribers
from libs.common.facts import Fact
from libs.contracts import schemas
from libs.contracts.subscriptions import DURABLE, LIVE, owner_of

from .house import ROOT, SERVICES

FACTS = schemas.facts()
by_name = pytest.mark.parametrize(
    ("owner", "fact"), FACTS, ids=[fact.__name__ for _, fact in FACTS]
)


def mentions(tree: ast.AST, fact: type[Fact]) -> bool:
    """Whether a fact is made here: called, handed to a function that makes it, or named for SQL."""

    def is_it(node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and node.id == fact.__name__

    return any(
        (isinstance(node, ast.Call) and any(map(is_it, [node.func, *node.args])))
        or (isinstance(node, ast.Attribute) and node.attr == "name" and is_it(node.value))
        for node in ast.walk(tree)
    )


@cache
def makers() -> list[tuple[str, str, ast.AST]]:
    """(service, text, tree) of each module that may make facts; handlers only take them in."""
    return [
        (service.name, text, ast.parse(text))
        for service in (ROOT / "services").iterdir()
        for path in service.rglob("*.py")
        if "tests" not in path.parts and path.name not in ("handlers.py", "feed.py")
        for text in [path.read_text()]
    ]


def publishers(fact: type[Fact]) -> set[str]:
    """The services whose code makes the fact."""
    return {
        service
        for service, text, tree in makers()
        if fact.__name__ in text and mentions(tree, fact)
    }


@by_name
def test_a_fact_is_published_by_its_owner_and_nobody_else(owner: str, fact: type[Fact]) -> None:
    assert publishers(fact) == {owner}


@by_name
def test_a_fact_has_a_subscriber_and_a_durable_one_if_it_is_mandatory(
    owner: str, fact: type[Fact]
) -> None:
    listening = subscribers().get(fact, [])
    durable = set(listening) & set(SERVICES)
    assert listening
    assert bool(durable) == fact.mandatory
    assert owner not in durable


def test_every_subscription_is_to_a_fact_of_the_contracts() -> None:
    assert set(subscribers()) <= {fact for _, fact in FACTS}


def test_every_service_but_the_first_listener_takes_facts_in() -> None:
    listening = {name for names in subscribers().values() for name in names}
    assert listening == {*SERVICES, "(internet)", "(lgwan)"}


def test_names_of_facts_are_versioned_and_belong_to_one_fact() -> None:
    names = [fact.name for _, fact in FACTS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+\.v[1-9][0-9]*", name) for name in names)


@by_name
def test_the_name_of_a_fact_says_who_owns_it(owner: str, fact: type[Fact]) -> None:
    assert owner_of(fact.name) == owner


def test_the_broker_is_set_up_for_what_services_and_doors_subscribe_to() -> None:
    """The topology is declared before any of them runs, so it cannot ask them."""
    table = {**DURABLE, **{f"({door})": facts for door, facts in LIVE.items()}}
    listed = {who: sorted(facts) for who, facts in table.items()}
    subscribed: dict[str, list[str]] = {}
    for fact, listening in subscribers().items():
        for who in listening:
            subscribed.setdefault(who, []).append(fact.name)
    assert listed == {who: sorted(facts) for who, facts in subscribed.items()}

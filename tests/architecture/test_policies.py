"""What the network policies let through is the drawing of README.md, and no more."""

from collections.abc import Iterator
from typing import Any

from dev.cluster.arrows import PORTS, Arrow, arrows
from dev.manifests import of_kind, overlay

NAME = "app.kubernetes.io/name"
WAYS = {"Egress": ("egress", "to"), "Ingress": ("ingress", "from")}
POLICIES = of_kind(overlay("city"), "NetworkPolicy")


def chosen(selector: dict[str, Any]) -> set[str]:
    """The kinds of pods that a selector is about."""
    names = {selector["matchLabels"][NAME]} if "matchLabels" in selector else set()
    for expression in selector.get("matchExpressions", []):
        assert (expression["key"], expression["operator"]) == (NAME, "In")
        names |= set(expression["values"])
    return names if selector else set(PORTS)


def let_through(kind: str) -> Iterator[Arrow]:
    """Between pods, as seen from the one side."""
    rules, others = WAYS[kind]
    for policy in POLICIES.values():
        for rule in policy["spec"].get(rules, []):
            ports = [port["port"] for port in rule["ports"]]
            for other in rule[others]:
                for own in chosen(policy["spec"]["podSelector"]):
                    for far in chosen(other["podSelector"]) if "podSelector" in other else ():
                        pair = (own, far) if kind == "Egress" else (far, own)
                        yield from ((*pair, port) for port in ports)


def test_both_sides_of_every_arrow_agree() -> None:
    assert set(let_through("Egress")) == set(let_through("Ingress"))


def test_pods_that_run_for_long_reach_what_is_drawn_and_nothing_else() -> None:
    assert {arrow for arrow in let_through("Egress") if arrow[0] in PORTS} == arrows()


def test_jobs_reach_the_database_or_the_broker_and_nothing_else() -> None:
    jobs = {arrow for arrow in let_through("Egress") if arrow[0] not in PORTS}
    names = of_kind(overlay("city"), "Job", "CronJob").keys()
    assert {(name, "rabbitmq" if name == "topology" else "postgres") for name in names} == {
        arrow[:2] for arrow in jobs
    }


def test_whoever_is_not_named_reaches_nobody() -> None:
    everybody = [p for p in POLICIES.values() if p["spec"]["podSelector"] == {}]
    denying = [p for p in everybody if set(p["spec"]) == {"podSelector", "policyTypes"}]
    assert [p["spec"]["policyTypes"] for p in denying] == [["Ingress", "Egress"]]


def test_addresses_outside_are_reached_by_those_that_have_to() -> None:
    """The mail server by notify, the cluster's own interface by the servers."""
    leaving = {
        name
        for policy in POLICIES.values()
        for rule in policy["spec"].get("egress", [])
        if any("ipBlock" in to for to in rule["to"])
        for name in chosen(policy["spec"]["podSelector"])
    }
    assert leaving == {"notify", "postgres", "rabbitmq"}

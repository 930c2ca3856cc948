"""The base of every fact: something that happened, past tense, versioned, sent at least once."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Contract(BaseModel):
    """A frozen body of HTTP or of a fact. Unknown fields are passed over, so that it may grow."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Fact(Contract):
    """`name` is also the routing key. A breaking change is a new class with the next version.

    `mandatory` facts have a durable subscriber: one that reaches no queue is not sent yet.
    """

    name: ClassVar[str]
    mandatory: ClassVar[bool] = True


def fact_names(kind: type[Fact] = Fact) -> set[str]:
    """Of all facts that this process knows."""
    own = {kind.name} if "name" in vars(kind) else set()
    return own.union(*map(fact_names, kind.__subclasses__()))

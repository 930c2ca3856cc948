"""Who may come for what, and what is asked of them. Several procedures may be one visit."""

from collections.abc import Collection, Sequence
from datetime import date

from libs.common.errors import Malformed
from libs.contracts.booking import Need, Person, Procedure, Spoken
from libs.rules.visits import asks_inquiry, is_under_age, strongest

from .problems import ByPhone, GuardianNeeded, Paused

Procedures = Sequence[Procedure]


def check_online(procedures: Procedures) -> None:
    """Raises Paused, ByPhone."""
    if any(p.online == "phone" for p in procedures):
        raise ByPhone("This is booked by phone.")
    if any(p.online == "paused" or p.hidden for p in procedures):
        raise Paused("This cannot be booked online for now.")


def check_running(stopped_until: date | None) -> None:
    """Raises Paused while an outage stops it."""
    if stopped_until is not None:
        raise Paused("The national system has failed: nothing can be booked for now.")


def check_age(procedures: Procedures, born: date, day: date) -> None:
    """Before it is known who comes: a child needs a guardian, who must be able to book. Raises
    ByPhone."""
    for procedure in procedures:
        rule = procedure.rule("guardian")
        if is_under_age(born, day) and (rule.phone_reason or "guardian" not in procedure.visitors):
            raise ByPhone(rule.phone_reason or "A visit of a child is booked by phone.")


def check_comers(procedures: Procedures, person: Person, born: date, day: date) -> None:
    """That those who come can do on `day` what they come for. Raises ByPhone, GuardianNeeded,
    Malformed."""
    for procedure in procedures:
        if reason := procedure.rule(person.visitor).phone_reason:
            raise ByPhone(reason)
        if person.visitor not in procedure.visitors:
            raise Malformed("This visitor cannot come for this procedure.", fields=["visitor"])
        if procedure.asks_inquiry and person.visitor == "proxy" and not person.has_inquiry:
            raise ByPhone("A proxy needs the answered letter of inquiry.")
    if is_under_age(born, day) and person.visitor != "guardian":
        raise GuardianNeeded("A child comes with a guardian.")


def check_needs(procedures: Procedures, needs: Sequence[Need], interpreter: Spoken | None) -> None:
    """Raises Malformed where nobody asks for needs, and for a language without an interpreter."""
    if needs and not any(p.asks_needs for p in procedures):
        raise Malformed("Needs are not asked for here.", fields=["needs"])
    if interpreter and "interpreter" not in needs:
        raise Malformed("Nobody is to speak this language.", fields=["interpreter"])


def check_answers(procedures: Procedures, person: Person) -> None:
    """That nothing is kept which nobody asks for. Raises Malformed."""
    check_needs(procedures, person.needs, person.interpreter)
    if person.cards is not None and not any(p.asks_cards for p in procedures):
        raise Malformed("The number of cards is not asked for here.", fields=["cards"])


def inquiry_of(procedures: Procedures, person: Person) -> bool | None:
    """Whether the letter of inquiry is there; None where it is not asked for."""
    asked = asks_inquiry(procedures, person.visitor)
    return bool(person.has_inquiry) if asked else None


def check_given(
    procedures: Procedures, email: str | None, phone: str | None, kept: Collection[str] = ()
) -> None:
    """That what must be given is given, or was `kept`, and nothing else. Raises Malformed."""
    uses = {
        "email": (strongest(p.email for p in procedures), email),
        "phone": (strongest(p.phone for p in procedures), phone),
    }
    wrong = [
        field
        for field, (use, given) in uses.items()
        if (use == "required" and not given and field not in kept) or (use == "off" and given)
    ]
    if wrong:
        raise Malformed("This must be given, or is not asked for.", fields=wrong)

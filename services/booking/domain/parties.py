"""Up to four people in one go: a visit for each, and windows that lie side by side."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, combinations, product

from libs.common.errors import Malformed
from libs.contracts.booking import Arrangement, Procedure, Series, Status
from libs.rules.guardians import at_two_windows, overlap
from libs.rules.visits import party_limit

from .booking import Booking
from .problems import NotOffered, OneWindow
from .times import Visit, may_cancel, plan_joint_visit

People = Sequence[Sequence[Procedure]]
"""For each person the procedures of the visit, the leading one first."""


def may_add(
    procedures: Sequence[Procedure], status: Status, starts_at: datetime, now: datetime, size: int
) -> bool:
    """Whether somebody can be added to the party of a standing booking."""
    is_open = all(p.online == "open" and not p.hidden for p in procedures)
    return is_open and may_cancel(status, starts_at, now) and size < party_limit(procedures)


def check_party(people: People) -> None:
    """That there are not too many, and that nobody wants two procedures of one group, of which
    nobody can have two bookings either. Raises Malformed."""
    limit = party_limit(procedure for procedures in people for procedure in procedures)
    if len(people) > limit:
        raise Malformed(f"At most {limit} people can be booked at once.", fields=["party"])
    if any(len({p.group for p in procedures}) < len(procedures) for procedures in people):
        raise Malformed("One person wants two procedures of one kind.", fields=["also"])


def plan_people(
    people: People, series: Sequence[Series], office_id: str, starts_at: datetime,
    arrangement: Arrangement, on_grid: bool = True,
) -> list[Visit]:  # fmt: skip
    """A visit for each. Together, each could be booked alone at that time; in turn, one window is
    open for all of them one after the other, and only the first time is one that is offered (unless
    `on_grid` is False). Raises NotOffered."""
    if arrangement == "together":
        return [plan_joint_visit(who, series, office_id, starts_at, on_grid) for who in people]
    visits: list[Visit] = []
    for who in people:
        begin = visits[-1].starts[-1] + timedelta(minutes=5) if visits else starts_at
        visits.append(plan_joint_visit(who, series, office_id, begin, on_grid and not visits))
    return _at_one_window(visits)


def _at_one_window(visits: list[Visit]) -> list[Visit]:
    windows = set.intersection(*(set(visit.windows) for visit in visits))
    if not windows:
        raise NotOffered("No window is open for all of these procedures.")
    return [replace(visit, windows=tuple(sorted(windows))) for visit in visits]


def seats(
    free: Sequence[Collection[int]], arrangement: Arrangement, rather: Collection[int] = ()
) -> list[int] | None:
    """A window for each person from those that are `free` for them: one for all in turn, else one
    each, as close together as can be. Of several ways the one that has the most windows of `rather`
    and begins first. None where there are not enough."""
    windows = sorted(set().union(*free))
    if arrangement == "in_turn":
        common = [w for w in windows if all(w in one for one in free)]
        return [min(common, key=lambda w: w not in rather)] * len(free) if common else None
    found: list[list[int]] = []
    for first in range(len(windows)):
        for last in range(first + len(free), len(windows) + 1):
            if seated := _seated(free, windows[first:last]):
                found.append(seated)
                break
    return min(
        found,
        key=lambda seated: (max(seated) - min(seated), sum(w not in rather for w in seated)),
        default=None,
    )


def room_for(free: Sequence[Collection[int]], arrangement: Arrangement) -> int:
    """How many parties like this one find windows at once; for one person, how many are free.

    So many as every few of the people find windows for among those that any of them could go to
    (Hall's theorem).
    """
    if arrangement == "in_turn":
        return len(set.intersection(*map(set, free)))
    alike = Counter(map(frozenset, free)).items()
    some = chain.from_iterable(combinations(alike, n) for n in range(1, len(alike) + 1))
    return min(
        len(frozenset().union(*(windows for windows, _ in few))) // sum(n for _, n in few)
        for few in some
    )


def _seated(free: Sequence[Collection[int]], windows: list[int]) -> list[int] | None:
    """Everybody at a window of their own, if that can be; who sits already moves on for others."""
    sitting: dict[int, int] = {}

    def seat(person: int, tried: set[int]) -> bool:
        possible = [window for window in windows if window in free[person]]
        for window in possible:
            if window not in sitting:
                sitting[window] = person
                return True
        for window in possible:
            if window not in tried:
                tried.add(window)
                if seat(sitting[window], tried):
                    sitting[window] = person
                    return True
        return False

    if not all(seat(person, set()) for person in range(len(free))):
        return None
    return [window for _, window in sorted((person, w) for w, person in sitting.items())]


def check_guardians(bookings: Sequence[Booking], others: Sequence[Booking] = ()) -> None:
    """That no guardian of `bookings` would have to be at two windows at the same time, among them
    or because of the `others` of their party. Raises OneWindow."""
    guarded = [one.times for one in bookings if one.visitor == "guardian"]
    beside = [one.times for one in others if one.visitor == "guardian"]
    if at_two_windows(guarded) or any(overlap(*pair) for pair in product(guarded, beside)):
        raise OneWindow("A guardian of several comes with one after the other.")

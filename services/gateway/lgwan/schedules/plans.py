"""What a change would do, for reading, and how a newer plan differs from the one that was seen."""

import json
from dataclasses import dataclass
from typing import Any

from libs.contracts.booking import Affected, OfficePlan, SchedulePlan
from services.gateway.lgwan.counter.series import name_of
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.staff import StaffSession

from .fields import windows_text
from .pending import sign, unsign
from .says import Known, minutes_text, places_text

SHOWN = 60
"""So many affected bookings are listed; all are counted."""
_PURPOSE = "seen"


@dataclass(frozen=True)
class PlanView:
    """The sums of a plan over its offices."""

    plan: SchedulePlan
    affected: tuple[Affected, ...]
    mailed: int
    without_proposal: int

    @property
    def shown(self) -> tuple[Affected, ...]:
        return self.affected[:SHOWN]

    @property
    def changes_nothing(self) -> bool:
        return not self.affected and not any(
            office.added or office.removed or office.excess for office in self.plan.offices
        )


def view(plan: SchedulePlan) -> PlanView:
    affected = [one for office in plan.offices for one in office.affected]
    affected.sort(key=lambda one: (one.starts_at, one.number))
    return PlanView(
        plan=plan,
        affected=tuple(affected),
        mailed=sum(one.has_email for one in affected),
        without_proposal=sum(one.proposed is None for one in affected),
    )


def office_row(office: OfficePlan, catalog: CatalogIndex) -> dict[str, str]:
    return {
        "name": catalog.office(office.office_id),
        "places": places_text(office.places_a_day, office.places),
        "added": f"＋{minutes_text(office.added)}" if office.added else "なし",
        "removed": f"−{minutes_text(office.removed)}" if office.removed else "なし",
        "affected": f"{len(office.affected)}件",
        "excess": f"{len(office.excess)}か所" if office.excess else "なし",
    }


def competing_texts(plan: SchedulePlan, catalog: CatalogIndex, known: Known) -> list[str]:
    """Which series share windows, in sentences."""
    found = []
    for office in plan.offices:
        series = known.get(office.office_id, {})
        for pair in office.competing:
            names = [f"「{name_of(series[one])}」" for one in pair.series_ids if one in series]
            found.append(
                f"{catalog.office(office.office_id)}：{'と'.join(names)}は、"
                f"窓口{windows_text(pair.windows)}を分け合います。"
            )
    return found


def seen_text(session: StaffSession, plan: SchedulePlan) -> str:
    """What was shown of a plan, to apply it and to compare it with a newer one: signed, for a
    hidden field."""
    return sign(session, _PURPOSE, json.dumps([plan.seen, _facts(plan)]).encode())


def read_seen(session: StaffSession, text: str) -> tuple[str, dict[str, Any]]:
    """The plan's mark, and what was shown. Raises Malformed for what we did not write."""
    mark, shown = json.loads(unsign(session, _PURPOSE, text))
    return mark, shown


def differences(before: dict[str, Any], plan: SchedulePlan, catalog: CatalogIndex) -> list[str]:
    """How the plan differs from what was shown."""
    now = _facts(plan)
    found = []
    for office_id in sorted({*before, *now}):
        old, new = before.get(office_id, _NOTHING), now.get(office_id, _NOTHING)
        name = catalog.office(office_id)
        came = [one for one in new["affected"] if one not in old["affected"]]
        went = [one for one in old["affected"] if one not in new["affected"]]
        if came:
            found.append(f"{name}：影響する予約が増えました（{_numbers(came)}）")
        if went:
            found.append(f"{name}：影響しなくなった予約があります（{_numbers(went)}）")
        if old["places"] != new["places"]:
            found.append(f"{name}：枠が合計{old['places']:,}から{new['places']:,}に変わりました")
        if old["excess"] != new["excess"]:
            found.append(
                f"{name}：窓口の数を超える時刻が{old['excess']}から{new['excess']}に変わりました"
            )
    return found or ["枠や予約の細かいところが変わりました。下の内容を、もう一度確かめてください。"]


_NOTHING: dict[str, Any] = {"affected": [], "places": 0, "excess": 0}


def _facts(plan: SchedulePlan) -> dict[str, dict[str, Any]]:
    return {
        office.office_id: {
            "affected": [one.number for one in office.affected],
            "places": office.places,
            "excess": len(office.excess),
        }
        for office in plan.offices
    }


def _numbers(numbers: list[str]) -> str:
    named = "、".join(f"{one[:5]}-{one[5:]}" for one in numbers[:5])
    return named if len(numbers) <= 5 else f"{named}ほか{len(numbers) - 5}件"

"""The city as the staff door's tests know it: its offices and what one can do there."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from libs.contracts.booking import Closure, Office, Outcome, Procedure, Series
from libs.contracts.times import JST
from services.gateway.web.times import now

OFFICES = (
    ("honcho", "本庁舎1階市民課"),
    ("tsurusaki", "鶴崎支所"),
    ("dainan", "大南支所"),
    ("wasada", "植田支所"),
    ("ozai", "大在支所"),
    ("sakanoichi", "坂ノ市支所"),
    ("saganoseki", "佐賀関支所"),
    ("notsuharu", "野津原支所"),
    ("akeno", "明野支所"),
)
PROCEDURES: tuple[tuple[str, str, int, tuple[Outcome, ...]], ...] = (
    ("issuance", "カードの交付", 30, ("collected",)),
    ("pin", "暗証番号再設定・変更", 15, ("done",)),
    ("certificate", "電子証明書に関する手続き", 20, ("done",)),
)


def today_at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(now().date(), datetime.min.time(), JST) + timedelta(
        hours=hour, minutes=minute
    )


def an_office(
    office_id: str, name: str, series: Iterable[Series], closures: Iterable[Closure]
) -> Office:
    """An office that says no more of itself than its name."""
    known = {"series": tuple(series), "closures": tuple(closures)}
    told = {"office_id": office_id, "name": name, "version": 1}
    return Office.model_validate(
        {**dict.fromkeys(("kana", "address", "phone"), ""), **told, **known}
    )


def procedures() -> Iterable[Procedure]:
    for position, (procedure_id, name, minutes, outcomes) in enumerate(PROCEDURES):
        yield Procedure(
            procedure_id=procedure_id,
            name=name,
            plain=name,
            group=procedure_id,
            minutes=minutes,
            needs_card=procedure_id == "issuance",
            outcomes=outcomes,
            visitors=("self", "guardian", "proxy"),
            documents=(),
            notes=(),
            opens_days_before=45,
            closes_days_before=3,
            position=position,
            version=1,
        )

"""What citizens will see of an office or a procedure, in each of their languages."""

from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from libs.contracts.booking import VISITORS, Office, Procedure, Visitor
from services.gateway.web.catalogs import load_voices
from services.gateway.web.language import JAPANESE, Voice, spoken
from services.gateway.web.localised import office_in, procedure_in
from services.gateway.web.pages import Pages

from .procedures import USES

EXAMPLE_DAYS = 60
"""How far ahead the visit of the example lies, at least."""


@dataclass(frozen=True)
class PreviewHtml:
    """The object in one language, as HTML of the citizens' pages."""

    language: str
    tag: str
    html: Markup


@dataclass(frozen=True)
class Period:
    """From when to when the visit of `day` can be booked and changed."""

    day: date
    opens: date
    closes: date
    changes: date


def shown(pages: Pages, wanted: Office | Procedure, today: date) -> list[PreviewHtml]:
    return [_in(pages, voice, wanted, today) for voice in load_voices()]


def period_of(procedure: Procedure, today: date) -> Period:
    """A Wednesday that is far enough ahead."""
    ahead = today + timedelta(days=max(EXAMPLE_DAYS, procedure.opens_days_before))
    day = ahead + timedelta(days=(2 - ahead.weekday()) % 7)
    return Period(
        day,
        day - timedelta(days=procedure.opens_days_before),
        day - timedelta(days=procedure.closes_days_before),
        day - timedelta(days=procedure.changes_days_before),
    )


def asked(procedure: Procedure) -> list[str]:
    """What a citizen is asked for, in the words of the form."""
    uses = {"メールアドレス": procedure.email, "電話番号": procedure.phone}
    extras = {
        "窓口でのお手伝い（任意）": procedure.asks_needs,
        "カードの枚数": procedure.asks_cards,
        "照会書兼回答書の有無（代理の方）": procedure.asks_inquiry,
    }
    person = (
        "予約ID（はがきの製造管理番号）" if procedure.needs_card else "氏名（カタカナかローマ字）"
    )
    contact = [f"{name}（{dict(USES)[use]}）" for name, use in uses.items() if use != "off"]
    return [person, "生年月日", *contact, *(name for name, asks in extras.items() if asks)]


def _in(pages: Pages, voice: Voice, wanted: Office | Procedure, today: date) -> PreviewHtml:
    with spoken(voice):
        if isinstance(wanted, Office):
            office = office_in(voice, wanted) if voice is not JAPANESE else wanted
            html = pages.render(
                "parts/citizens_office.html", {"office": office.on(today), "today": today}
            )
        else:
            procedure = procedure_in(voice, wanted) if voice is not JAPANESE else wanted
            html = pages.render(
                "parts/citizens_procedure.html",
                {"procedure": procedure, "comers": _comers(procedure)},
            )
    return PreviewHtml(voice.name, voice.tag, Markup(html))  # noqa: S704, rendered with escapes


def _comers(procedure: Procedure) -> list[tuple[Visitor, tuple[str, ...], str]]:
    """Who can be chosen, with what is to be brought or why to call."""
    rules = [procedure.rule(visitor) for visitor in VISITORS]
    return [
        (
            rule.visitor,
            tuple(dict.fromkeys((*procedure.documents, *rule.documents))),
            rule.phone_reason,
        )
        for rule in rules
        if rule.phone_reason or rule.visitor in procedure.visitors
    ]

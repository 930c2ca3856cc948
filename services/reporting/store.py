"""All SQL of reporting. Every write may come late, early or twice and leaves the same rows."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date

from sqlalchemy import RowMapping, func, select, text

from libs.common.assertion import EVERY_OFFICE
from libs.common.database import SqlStore
from libs.common.statements import insert_row, keep_newest, keep_newest_rows

from . import domain
from .tables import (
    BookingNowRow,
    BookingVersionRow,
    CountedCardRow,
    MailRow,
    OfficeNameRow,
    ProcedureNameRow,
    WaitRow,
)

# Ledger and newest version in one round trip. Rows of the ledger never change.
_LEDGER = insert_row(BookingVersionRow).on_conflict_do_nothing().cte("ledger")
_RECORD_STEP = keep_newest(BookingNowRow, "version").add_cte(_LEDGER)
_RECORD_WAIT = insert_row(WaitRow).on_conflict_do_nothing()
_RECORD_MAIL = keep_newest(MailRow, "sent", "at")
_RECORD_CARDS = keep_newest_rows(CountedCardRow, "version")
_NAME_OFFICE = keep_newest(OfficeNameRow, "version")
_NAME_PROCEDURE = keep_newest(ProcedureNameRow, "version")
_KNOWN = select(
    select(func.count()).select_from(OfficeNameRow).scalar_subquery().label("offices"),
    select(func.count()).select_from(ProcedureNameRow).scalar_subquery().label("procedures"),
)
_BOOKING_COUNTS = text(
    """
    SELECT b.office_id, coalesce(o.name, b.office_id) AS office_name,
        b.procedure_id, coalesce(p.name, b.procedure_id) AS procedure_name,
        count(*) AS booked,
        count(*) FILTER (WHERE b.standing = 'waiting') AS waiting,
        count(*) FILTER (WHERE b.standing = 'arrived') AS arrived,
        count(*) FILTER (WHERE b.standing = 'finished') AS finished,
        count(*) FILTER (WHERE b.standing = 'unfinished') AS unfinished,
        count(*) FILTER (WHERE b.standing = 'missed') AS missed,
        count(*) FILTER (WHERE b.standing = 'cancelled') AS cancelled,
        count(w.seconds) AS waits, coalesce(sum(w.seconds), 0) AS wait_seconds,
        max(w.seconds) AS longest_wait, max(b.at) AS newest_at
    FROM booking_now b LEFT JOIN LATERAL (
            SELECT seconds FROM wait WHERE wait.booking_id = b.booking_id
                AND b.standing IN ('arrived', 'finished', 'unfinished')
            ORDER BY version DESC LIMIT 1) AS w ON true
        LEFT JOIN office o USING (office_id)
        LEFT JOIN procedure p USING (procedure_id)
    WHERE b.day = :day AND (:every_office OR b.office_id = ANY(CAST(:offices AS text[])))
    GROUP BY b.office_id, o.name, o.position, b.procedure_id, p.name, p.position
    ORDER BY o.position, b.office_id, p.position, b.procedure_id
    """
)
_MAIL_COUNTS = text(
    """
    SELECT count(*) FILTER (WHERE sent) AS sent, count(*) FILTER (WHERE NOT sent) AS failed,
        max(at) AS newest_at
    FROM mail
    WHERE day = :day AND (:every_office OR office_id = ANY(CAST(:offices AS text[])))
    """
)


class Store(SqlStore):
    """One transaction of reporting."""

    async def record_step(self, step: domain.BookingStep) -> None:
        values = {**asdict(step), "day": step.day, "standing": step.standing}
        await self.session.execute(_RECORD_STEP, values)

    async def record_wait(self, wait: domain.Wait) -> None:
        await self.session.execute(_RECORD_WAIT, asdict(wait))

    async def record_mail(self, mail: domain.Mail) -> None:
        await self.session.execute(_RECORD_MAIL, {**asdict(mail), "day": mail.day})

    async def record_cards(self, cards: Iterable[domain.CountedCard]) -> None:
        """The newest version of each card; written by key, so that two messages never deadlock."""
        newest = {card.card_key: card for card in sorted(cards, key=lambda card: card.version)}
        ordered = [newest[key] for key in sorted(newest)]
        values = {
            "card_key": [card.card_key for card in ordered],
            "office_id": [card.office_id for card in ordered],
            "state": [card.state for card in ordered],
            "version": [card.version for card in ordered],
        }
        await self.session.execute(_RECORD_CARDS, values)

    async def name_office(self, office_id: str, name: str, position: int, version: int) -> None:
        values = {"office_id": office_id, "name": name, "position": position}
        await self.session.execute(_NAME_OFFICE, {**values, "version": version})

    async def name_procedure(
        self, procedure_id: str, name: str, position: int, version: int
    ) -> None:
        values = {"procedure_id": procedure_id, "name": name, "position": position}
        await self.session.execute(_NAME_PROCEDURE, {**values, "version": version})

    async def known_rows(self) -> dict[str, int]:
        """How much has come in of what the names are taken from."""
        return dict((await self.session.execute(_KNOWN)).mappings().one())

    async def booking_counts(self, day: date, offices: list[str]) -> Sequence[RowMapping]:
        """One row per office and procedure with a booking on `day`, by the newest versions."""
        found = await self.session.execute(_BOOKING_COUNTS, _seen_by(day, offices))
        return found.mappings().all()

    async def mail_counts(self, day: date, offices: list[str]) -> RowMapping:
        """How many mails were sent, and given up, on `day`."""
        found = await self.session.execute(_MAIL_COUNTS, _seen_by(day, offices))
        return found.mappings().one()


def _seen_by(day: date, offices: list[str]) -> dict[str, object]:
    return {"day": day, "every_office": EVERY_OFFICE in offices, "offices": offices}

"""All SQL of reporting. Every write may come late, early or twice and leaves the same rows."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, bindparam, func, select, text

from libs.common.assertion import EVERY_OFFICE
from libs.common.database import SqlStore
from libs.common.statements import insert_row, keep_newest, keep_newest_rows, table_of
from libs.contracts.reporting import Basis, CountedName, FigureGroup, FigureQuery, MonthClosing

from . import domain
from .figure_store import cuts_of
from .history import BookingVersion, counted
from .tables import (
    BookingNowRow,
    BookingVersionRow,
    ClosedMonthRow,
    CountedCardRow,
    MailRow,
    OfficeNameRow,
    ProcedureNameRow,
)

# Facts about one booking wait for each other, so that each row is made from all that came before.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:booking_id AS text), 0))")
_RECORD_VERSION = insert_row(BookingVersionRow)
# Rows never change, but for those that were told at second hand: what was said then knows more.
_RECORD_VERSION = _RECORD_VERSION.on_conflict_do_update(
    index_elements=["booking_id", "version"],
    set_={c.name: c for c in _RECORD_VERSION.excluded if not c.primary_key},
    where=(table_of(BookingVersionRow).c.kind.in_(["", "restated"]))
    & (func.length(_RECORD_VERSION.excluded.kind) > 0)
    & (_RECORD_VERSION.excluded.kind != "restated"),
)
_CLOSE_MONTH = insert_row(ClosedMonthRow).on_conflict_do_nothing()
_CLOSED_MONTH = select(table_of(ClosedMonthRow)).where(
    table_of(ClosedMonthRow).c.month == bindparam("month")
)
_VERSIONS = select(table_of(BookingVersionRow)).where(
    table_of(BookingVersionRow).c.booking_id == bindparam("booking_id")
)
_SAVE_BOOKING = insert_row(BookingNowRow)
_SAVE_BOOKING = _SAVE_BOOKING.on_conflict_do_update(
    index_elements=["booking_id"],
    set_={c.name: c for c in _SAVE_BOOKING.excluded if not c.primary_key},
)
_RECORD_MAIL = keep_newest(MailRow, "sent", "at")
_RECORD_CARDS = keep_newest_rows(CountedCardRow, "version")
_NAME_OFFICE = keep_newest(OfficeNameRow, "version")
_NAME_PROCEDURE = keep_newest(ProcedureNameRow, "version")
_OFFICE_NAMES = text("SELECT office_id, name FROM office ORDER BY position, office_id")
_PROCEDURE_NAMES = text("SELECT procedure_id, name FROM procedure ORDER BY position, procedure_id")
_KNOWN = select(
    select(func.count()).select_from(OfficeNameRow).scalar_subquery().label("offices"),
    select(func.count()).select_from(ProcedureNameRow).scalar_subquery().label("procedures"),
)
_MAIL_COUNTS = text(
    """
    SELECT count(*) FILTER (WHERE sent) AS sent, count(*) FILTER (WHERE NOT sent) AS failed,
        max(at) AS newest_at
    FROM mail
    WHERE day BETWEEN :first AND :last
        AND (:every_office OR office_id = ANY(CAST(:offices AS text[])))
        AND (CAST(:office AS text) IS NULL OR office_id = :office)
    """
)


@dataclass(frozen=True)
class KeptMonth:
    """A month that was confirmed, with its figures by either day."""

    closing: MonthClosing
    groups: dict[Basis, tuple[FigureGroup, ...]]


_KEPT_GROUPS: TypeAdapter[dict[Basis, tuple[FigureGroup, ...]]] = TypeAdapter(
    dict[Basis, tuple[FigureGroup, ...]]
)


class Store(SqlStore):
    """One transaction of reporting."""

    async def record_version(self, version: BookingVersion) -> None:
        """Keep a version, and make the booking's row anew from all that are known."""
        key = {"booking_id": version.booking_id}
        await self.session.execute(_LOCK, {"booking_id": str(version.booking_id)})
        await self.session.execute(_RECORD_VERSION, {**asdict(version), "also": list(version.also)})
        rows = (await self.session.execute(_VERSIONS, key)).mappings()
        known = [BookingVersion(**{**row, "also": tuple(row["also"])}) for row in rows]
        await self.session.execute(_SAVE_BOOKING, counted(known).columns())

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

    async def cuts(
        self, asked: FigureQuery, offices: Sequence[str]
    ) -> tuple[dict[str, list[FigureGroup]], datetime | None]:
        """The groups of each cut of a report, and when the newest fact in them happened."""
        return await cuts_of(self.session, asked, offices)

    async def now(self) -> datetime:
        found: datetime = (await self.session.execute(select(func.now()))).scalar_one()
        return found

    async def close_month(
        self, month: date, closed_by: str, groups: dict[Basis, tuple[FigureGroup, ...]]
    ) -> None:
        """The first time holds."""
        kept = _KEPT_GROUPS.dump_python(groups, mode="json", exclude_defaults=True)
        values = {"month": month, "at": await self.now(), "closed_by": closed_by, "groups": kept}
        await self.session.execute(_CLOSE_MONTH, values)

    async def closed_month(self, month: date) -> KeptMonth | None:
        rows = (await self.session.execute(_CLOSED_MONTH, {"month": month})).mappings().all()
        return next(
            (
                KeptMonth(
                    MonthClosing(month=month, at=row["at"], closed_by=row["closed_by"]),
                    _KEPT_GROUPS.validate_python(row["groups"]),
                )
                for row in rows
            ),
            None,
        )

    async def mail_counts(self, asked: FigureQuery, offices: Sequence[str]) -> RowMapping:
        """How many mails were sent, and given up, on these days."""
        reach = {"every_office": EVERY_OFFICE in offices, "offices": list(offices)}
        values = {"first": asked.first, "last": asked.last, "office": asked.office, **reach}
        return (await self.session.execute(_MAIL_COUNTS, values)).mappings().one()

    async def office_names(self) -> list[CountedName]:
        """In the city's order."""
        rows = await self.session.execute(_OFFICE_NAMES)
        return [CountedName(id=row.office_id, name=row.name) for row in rows]

    async def procedure_names(self) -> list[CountedName]:
        rows = await self.session.execute(_PROCEDURE_NAMES)
        return [CountedName(id=row.procedure_id, name=row.name) for row in rows]

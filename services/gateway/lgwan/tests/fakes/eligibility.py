"""Eligibility in memory: whose card lies where, and the files that were imported."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import UUID, uuid4

from libs.contracts.booking import CARD_NUMBERS, CARD_NUMBERS_OF_OUTAGES, CardPass
from libs.contracts.eligibility import (
    CardNumbers,
    Check,
    CheckReply,
    ImportList,
    ImportReport,
    RejectedRow,
)
from services.gateway.web.clients import EligibilityClient
from services.gateway.web.link import Actor, Refused, Unreachable

BORN = date(1960, 4, 1)


class FakeEligibility(EligibilityClient):
    """Keeps the files it was sent; answers with `errors`, or refuses with `refusal`. `cards` are
    the offices where cards lie, by number; everybody was born on BORN."""

    def __init__(self, errors: Iterable[RejectedRow] = ()) -> None:
        self.files: list[tuple[str, bytes, str]] = []
        self.errors = tuple(errors)
        self.reports: dict[UUID, ImportReport] = {}
        self.refusal: Refused | None = None
        self.cards = {"ABC-123456": "honcho", "DEF-234567": "tsurusaki"}
        self.away = False
        self.opened: list[tuple[str, str, int]] = []
        """Who had the numbers of how many cards, and what for."""
        self.offices_known = True

    async def check(self, actor: Actor, request: Check) -> CheckReply:
        if self.away:
            raise Unreachable("ClientConnectorError")
        office = self.cards.get(request.card_number)
        if office is None or request.born != BORN:
            raise Refused(404, "no-match", {})
        return CheckReply(ticket=f"ticket of {office}", office_id=office, state="ready")

    async def card_key(self, actor: Actor, card_number: str) -> str:
        if self.away:
            raise Unreachable("ClientConnectorError")
        return sha256(card_number.replace("-", "").encode()).hexdigest()

    async def card_numbers(self, actor: Actor, cards: CardPass) -> CardNumbers:
        return self._opened(actor, cards, CARD_NUMBERS)

    async def card_numbers_for_outage(self, actor: Actor, cards: CardPass) -> CardNumbers:
        return self._opened(actor, cards, CARD_NUMBERS_OF_OUTAGES)

    def _opened(self, actor: Actor, cards: CardPass, right: str) -> CardNumbers:
        if self.away:
            raise Unreachable("ClientConnectorError")
        if right not in actor.rights:
            raise Refused(403, "not-allowed", {})
        self.opened.append((actor.name, cards.ticket, len(cards.keys)))
        numbers = {key: key.removeprefix("key of ") for key in cards.keys.values()}
        numbers = {key: number for key, number in numbers.items() if number}
        if cards.ticket == "today":
            return CardNumbers(endings={key: number[-4:] for key, number in numbers.items()})
        return CardNumbers(numbers=numbers)

    async def import_file(
        self, actor: Actor, key: str, file_name: str, content: bytes
    ) -> ImportReport:
        if self.refusal:
            raise self.refusal
        self.files.append((file_name, content, key))
        rows = len(content.splitlines()) - 1
        report = ImportReport(
            batch_id=uuid4(),
            file_name=file_name,
            encoding="CP932",
            rows=rows,
            added=rows - len(self.errors),
            changed=0,
            unchanged=0,
            rejected=len(self.errors),
            errors=self.errors,
            at=datetime.now(UTC),
        )
        self.reports[report.batch_id] = report
        return report

    async def imports(self, actor: Actor) -> ImportList:
        return ImportList(imports=tuple(self.reports.values()), offices_known=self.offices_known)

    async def import_report(self, actor: Actor, batch_id: UUID) -> ImportReport:
        if batch_id not in self.reports:
            raise Refused(404, "not-found", {})
        return self.reports[batch_id]

"""What the pages of the staff door work with: its own store, the services, the templates."""

from dataclasses import dataclass, field
from datetime import time
from time import monotonic
from typing import cast

from starlette.requests import Request

from libs.contracts.booking import Catalog, Office, Procedure
from services.gateway.web.clients import (
    CorrectionsClient,
    CounterClient,
    EligibilityClient,
    NotifyClient,
    OfferClient,
    PhoneClient,
    ReportingClient,
    SchedulesClient,
    StaffBookingClient,
    TextsClient,
    TodayClient,
)
from services.gateway.web.cookies import Cookies
from services.gateway.web.link import Unreachable
from services.gateway.web.pages import Pages
from services.gateway.web.skew import Skew

from .live import Hub
from .password_rules import PasswordRules
from .passwords import Passwords
from .staff import Idle, Staff
from .staff_names import StaffNames
from .store import OpenStore

CATALOG_SECONDS = 5.0


@dataclass(frozen=True)
class Services:
    """The owners of what the pages show and change."""

    booking: StaffBookingClient
    eligibility: EligibilityClient
    notify: NotifyClient
    reporting: ReportingClient
    counter: CounterClient
    corrections: CorrectionsClient
    offers: OfferClient
    phone: PhoneClient
    today: TodayClient
    texts: TextsClient
    schedules: SchedulesClient
    skew: Skew = field(default_factory=Skew)


@dataclass(frozen=True)
class CatalogIndex:
    """Offices and procedures by id, in the order in which they are shown."""

    offices: dict[str, Office]
    procedures: dict[str, Procedure]

    def office(self, office_id: str) -> str:
        """The office's name; its id where it is not in the catalog any more."""
        known = self.offices.get(office_id)
        return known.name if known else office_id

    def procedure(self, procedure_id: str) -> str:
        known = self.procedures.get(procedure_id)
        return known.name if known else procedure_id


def offices_of(catalog: CatalogIndex, member: Staff) -> list[tuple[str, str]]:
    """Those that `member` serves: (id, name), in the order of the pages."""
    return [(o.office_id, o.name) for o in catalog.offices.values() if member.serves(o.office_id)]


class CatalogCache:
    """The catalog, asked for again after a few seconds; an old one is better than none."""

    def __init__(self, booking: StaffBookingClient) -> None:
        self._booking = booking
        self._index: CatalogIndex | None = None
        self._good_until = 0.0

    def office(self, office_id: str) -> str:
        """The office's name as far as it is known by now; else its id."""
        return self._index.office(office_id) if self._index else office_id

    def procedure(self, procedure_id: str) -> str:
        """The same of a procedure."""
        return self._index.procedure(procedure_id) if self._index else procedure_id

    def offices(self) -> tuple[Office, ...]:
        """Those that are known by now."""
        return tuple(self._index.offices.values()) if self._index else ()

    async def get(self) -> CatalogIndex:
        """Raises Unreachable while there has never been one."""
        if self._index is None or monotonic() > self._good_until:
            try:
                return await self.fresh()
            except Unreachable:
                if self._index is None:
                    raise
            self._good_until = monotonic() + CATALOG_SECONDS
        return self._index

    def forget(self) -> None:
        """Ask again now: it was changed."""
        self._good_until = 0.0

    async def fresh(self) -> CatalogIndex:
        """As it is now, for who changes it. Raises Unreachable."""
        self._index = catalog = _index(await self._booking.catalog())
        self._good_until = monotonic() + CATALOG_SECONDS
        return catalog


def _index(catalog: Catalog) -> CatalogIndex:
    procedures = sorted(catalog.procedures, key=lambda procedure: procedure.position)
    return CatalogIndex(
        {office.office_id: office for office in catalog.offices},
        {procedure.procedure_id: procedure for procedure in procedures},
    )


@dataclass
class Troubles:
    """What staff should know of on every page, as a sentence; nothing where all is well."""

    offline: str = ""


@dataclass(frozen=True)
class OutageLists:
    """How staff save lists for an outage by their browser: not without a password. `ask_from` is
    when 今日 begins to ask for it."""

    password: str = ""
    ask_from: time = time(16, 30)


@dataclass(frozen=True)
class DoorContext:
    """The parts of the running door. `idle` is when sessions end, `citizens_url` what is printed
    for citizens; empty for nothing."""

    open_store: OpenStore
    passwords: Passwords
    pages: Pages
    cookies: Cookies
    services: Services
    catalog: CatalogCache
    idle: Idle
    hub: Hub
    names: StaffNames = field(default_factory=StaffNames)
    citizens_url: str = ""
    troubles: Troubles = field(default_factory=Troubles)
    outage: OutageLists = field(default_factory=OutageLists)
    sessions_at_once: int = 3
    password_rules: PasswordRules = field(default_factory=PasswordRules)


def door_of(request: Request) -> DoorContext:
    return cast("DoorContext", request.state["door"])

"""The citizens' door with services in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import time
from functools import cache

from starlette.applications import Starlette

from services.gateway.internet.app import State, assemble, compose, open_pages, open_static
from services.gateway.internet.door.settings import Settings
from services.gateway.internet.offer.board import Board
from services.gateway.internet.offer.catalog import CatalogView
from services.gateway.web.pages import Pages
from services.gateway.web.static import Static

from .citizen import ORIGIN
from .city import Clock, loaded_board, loaded_catalog
from .fakes import FakeBooking, FakeEligibility


@dataclass
class World:
    """The running door and what stands behind it."""

    app: Starlette
    clock: Clock
    catalog: CatalogView
    board: Board
    booking: FakeBooking
    eligibility: FakeEligibility


def settings(*, secure: bool = False) -> Settings:
    return Settings(
        host="127.0.0.1",
        port=8000,
        ops_port=9000,
        log_level="INFO",
        drain_seconds=0.0,
        amqp_url="amqp://localhost",
        beside_older_release=False,
        door_private_key=bytes(32),
        cookie_keys={1: b"k" * 32},
        booking_url="http://localhost",
        eligibility_url="http://localhost",
        public_url=ORIGIN,
        secure_cookies=secure,
        trusted_proxies=(),
        card_number_pattern="[0-9A-Z]{3}[0-9]{6}",
        phone="097-534-6111",
        phone_hours="平日 8時30分から17時15分まで",
        phone_hours_in={},
        phone_times=(time(8, 30), time(17, 15)),
        mark_file=None,
        operator="大分市 市民課",
        operator_address="大分市荷揚町2番31号",
        official_url="https://www.city.oita.oita.jp/",
        map_url="https://map.example/?q={address}",
        mail_from="yoyaku@example.jp",
        card_number_name="交付通知書の番号（製造管理番号）",
        card_number_name_in={},
        notice="",
        notice_in={},
        maintenance="",
        maintenance_in={},
    )


@cache
def files(notice: str = "") -> tuple[Static, Pages]:
    """Compiled once for all tests."""
    return made_files(replace(settings(), notice=notice))


def made_files(config: Settings) -> tuple[Static, Pages]:
    """For a door with sentences of its own."""
    static = open_static(config)
    return static, open_pages(config, static)


def build_world(
    config: Settings, pages: Pages | None = None, catalog: CatalogView | None = None
) -> World:
    """`pages` stand in for the door's own, for somebody who watches what is shown."""
    clock, board = Clock(), loaded_board()
    catalog = loaded_catalog(clock) if catalog is None else catalog
    booking, eligibility = FakeBooking(clock), FakeEligibility()
    static, own_pages = files(config.notice)
    shown = pages or own_pages

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[State]:
        yield assemble(config, shown, catalog, board, booking, eligibility, clock)

    app = compose(config, static, shown, lifespan)
    return World(app, clock, catalog, board, booking, eligibility)

"""A service that knows nothing of what it needs says so: in a figure, and in the log."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from libs.common.metrics import PROJECTION_ROWS
from libs.common.projections import Lasting, Projections


class Known:
    """A transaction of a service that keeps things of others."""

    things = 0

    async def known_rows(self) -> dict[str, int]:
        return {"things": self.things}


def test_what_lasts_is_said_when_it_is_seen_twice_and_now_and_then() -> None:
    lasting = Lasting(again=3)
    seen = [True, True, True, True, True, True, False, True, True]
    said = [lasting.is_due(trouble) for trouble in seen]
    assert said == [False, True, False, False, True, False, False, False, True]


async def test_an_empty_projection_is_a_figure_and_a_line_until_something_comes_in(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = Known()

    @asynccontextmanager
    async def open_store() -> AsyncIterator[Known]:
        yield store

    projections = Projections(open_store)
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            await projections.look()
        assert PROJECTION_ROWS.labels("things")._value.get() == 0
        assert [record.fields["of"] for record in caplog.records] == ["things"]  # type: ignore[attr-defined]
        store.things = 9
        await projections.look()
    assert PROJECTION_ROWS.labels("things")._value.get() == 9
    assert len(caplog.records) == 1

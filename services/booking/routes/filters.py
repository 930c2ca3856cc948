"""The filter and the order of a list, as a query says them."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from starlette.requests import Request

from libs.common.errors import Malformed
from libs.contracts.booking import SEARCH_MOST, ListSort
from libs.contracts.times import parse_day
from services.booking.domain import normal_number
from services.booking.store.lists import PAGE, DaySpan, Filter, read_after

LONGEST_PAGE = 500
_SORT: TypeAdapter[ListSort] = TypeAdapter(ListSort)


def read_filter(request: Request[Any]) -> Filter:
    """Raises Malformed."""
    asked = {name: value for name, value in request.query_params.items() if value}
    try:
        return _filter(asked)
    except ValueError:
        raise Malformed("The filter cannot be read.", fields=sorted(asked)[:20]) from None


def _filter(asked: Mapping[str, str]) -> Filter:
    """Raises ValueError (pydantic's is one)."""
    sort = _SORT.validate_python(asked.get("sort", "starts_at").removeprefix("-"))
    return Filter(
        office_id=asked.get("office"),
        day=_day(asked, "day"),
        procedure_id=asked.get("procedure"),
        status=asked.get("status"),
        number=normal_number(asked["number"]) if "number" in asked else None,
        booking_ids=_ids(asked["ids"]) if "ids" in asked else None,
        channel=asked.get("channel"),
        days=DaySpan(_day(asked, "from"), _day(asked, "until")),
        booked=DaySpan(_day(asked, "booked_from"), _day(asked, "booked_until")),
        sort=sort,
        descending=asked.get("sort", "").startswith("-"),
        after=read_after(sort, asked["after"]) if "after" in asked else None,
        limit=_limit(asked.get("limit")),
        cards=asked.get("cards") == "1",
    )


def _day(asked: Mapping[str, str], name: str) -> date | None:
    return parse_day(asked[name]) if name in asked else None


def _ids(text: str) -> tuple[UUID, ...]:
    ids = tuple(map(UUID, text.split(",")))
    if len(ids) > SEARCH_MOST:
        raise ValueError("more than a search finds")
    return ids


def _limit(text: str | None) -> int:
    if text is None:
        return PAGE
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= LONGEST_PAGE:
        raise ValueError("not a length of a page")
    return int(text)

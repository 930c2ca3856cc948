"""保管番号 as staff type it, on 前日準備 and on the page of a booking."""

from hashlib import sha256
from typing import cast
from uuid import UUID

from starlette.requests import Request

from libs.contracts.booking import ShelfChange
from libs.rules.personal_numbers import has_individual_number
from libs.rules.shelves import read_shelf
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.posted import read_key
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused
from services.gateway.web.typed import INDIVIDUAL_NUMBER

WRONG = "保管番号は、英数字とハイフンで10文字までにしてください。例：A-12"
NOT_HERE = "このカードは、いまこの場所にありません。保管番号は記録していません。"


async def put_on_shelf(request: Request, booking_id: UUID) -> str:
    """Write down where the card lies. What stands in the way, as a sentence. Raises Refused."""
    form, audit = cast("Form", form_of(request)), audit_of(request)
    audit.object_kind, audit.object_id = "booking", str(booking_id)
    typed = form.typed("shelf")
    if has_individual_number(typed):
        audit.result = "individual-number"
        return INDIVIDUAL_NUMBER
    try:
        shelf = read_shelf(typed) or ""
    except ValueError:
        audit.result = "mistyped"
        return WRONG
    # A list has a button for each card, and one key.
    key = sha256(f"{read_key(form)}.{booking_id}.{shelf}".encode()).hexdigest()
    try:
        put = await door_of(request).services.counter.put_on_shelf(
            actor_of(request), key, booking_id, ShelfChange(shelf=shelf)
        )
    except Refused as refused:
        if refused.slug != "wrong-state":
            raise
        audit.result = refused.slug
        return NOT_HERE
    audit.office_id = put.office_id
    return ""

"""The operation log, in every state."""

from services.gateway.lgwan.tests.support import sql

from .staff import Desk, DeskState, opens


async def whole(desk: Desk) -> None:
    await desk.sign_in("/log")
    await desk.press("form[action='/log/check'] button")


async def changed(desk: Desk) -> None:
    """The row is put back: other states go on with this log."""
    await whole(desk)
    newest = "(SELECT operation_id FROM operation_link ORDER BY number DESC LIMIT 1)"
    change = "UPDATE operation SET office_id = {} WHERE operation_id = {}".format
    sql(desk.accounts, change("office_id || 'x'", newest))
    await desk.press("form[action='/log/check'] button")
    sql(desk.accounts, "UPDATE operation SET office_id = replace(office_id, 'x', '')")


async def without_a_reason(desk: Desk) -> None:
    await desk.sign_in("/log")
    await desk.press("form[action='/log/export'] button")


STATES = (
    DeskState("operation_log.html", "as it is", "署名を書き出す", opens("/log")),
    DeskState("operation_log.html", "empty", "この条件の操作は", opens("/log?staff=nobody")),
    DeskState("operation_log.html", "whole", "連鎖は正常です", whole),
    DeskState("operation_log.html", "changed", "連鎖に異常があります", changed),
    DeskState("operation_log.html", "without a reason", "保存する理由を", without_a_reason),
)

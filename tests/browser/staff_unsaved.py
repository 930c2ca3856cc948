"""What is there again after a session ended by itself."""

from uuid import uuid4

from services.gateway.lgwan.tests.schedule_scene import furnish, monday
from services.gateway.lgwan.tests.support import PASSWORD, add_staff, sql

from .staff import Desk, DeskState

IDLE = "UPDATE staff_session SET last_seen_at = now() - interval '31 minutes'"
TEXT = "/texts/confirmed/ja?procedure=pin"


async def new_account(desk: Desk) -> str:
    """Of somebody who keeps nothing from other states."""
    staff_id = f"s{uuid4().hex[:8]}"
    add_staff(desk.accounts, staff_id)
    await desk.sign_in(staff_id=staff_id)
    return staff_id


async def too_late(desk: Desk, button: str) -> None:
    sql(desk.accounts, IDLE)
    await desk.press(button)


async def collected_too_late(desk: Desk) -> str:
    furnish(desk.booking, desk.schedules)
    staff_id = await new_account(desk)
    await desk.open(f"/schedules/day?office=honcho&day={monday()}&kind=closed")
    await desk.page.select_option("#reason", "台風・大雨などの災害")
    await desk.press("form.sheet .sheet-end button.button")
    await too_late(desk, "form.confirm .button")
    return staff_id


async def signed_out(desk: Desk) -> None:
    await collected_too_late(desk)


async def changes_again(desk: Desk) -> None:
    await back(desk, await collected_too_late(desk))


async def text_again(desk: Desk) -> None:
    staff_id = await new_account(desk)
    await desk.open(TEXT)
    await desk.page.fill("#subject", "【大分市】書きかけ")
    await too_late(desk, "text=見本を表示する")
    await back(desk, staff_id)


async def phone_form_again(desk: Desk) -> None:
    staff_id = await new_account(desk)
    await desk.open("/phone")
    await desk.page.fill("#kana", "オオイタ ハナコ")
    sql(desk.accounts, IDLE)
    await desk.page.evaluate("document.querySelector('#kana').form.submit()")
    await desk.page.wait_for_selector("#password")
    await back(desk, staff_id)


async def back(desk: Desk, staff_id: str) -> None:
    """Signed in on the form that is shown; it leads to where one was."""
    await desk.page.fill("#id", staff_id)
    await desk.page.fill("#password", PASSWORD)
    await desk.press("main button")


STATES = (
    DeskState("phone.html", "again", "サインアウトする前に入力した内容です", phone_form_again),
    DeskState("sign_in.html", "kept", "続きから始められます", signed_out),
    DeskState("schedules.html", "kept", "変更が1件、残っています", changes_again),
    DeskState("text.html", "kept", "保存していないものが残っています", text_again),
)

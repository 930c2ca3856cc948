"""Accounts, roles and one's own password, in every state."""

from uuid import uuid4

from services.gateway.lgwan.tests.support import add_staff, sql

from .staff import Desk, DeskState, opens


def somebody(desk: Desk) -> str:
    """A new member of staff of the branch, with a right of their own; its page."""
    staff_id = f"s{uuid4().hex[:8]}"
    add_staff(desk.accounts, staff_id, ("bookings.read", "bookings.overbook"), ("tsurusaki",))
    of_role = "role = 'counter', last_day = '2099-03-31'"
    sql(desk.accounts, f"UPDATE staff SET {of_role} WHERE staff_id = '{staff_id}'")
    return f"/people/id/{staff_id}"


async def many(desk: Desk) -> None:
    somebody(desk)
    await desk.sign_in("/people")


async def nobody_suspended(desk: Desk) -> None:
    await desk.sign_in("/people?show=suspended")


async def made(desk: Desk) -> None:
    await desk.sign_in("/people/new")
    await desk.page.fill("#id", f"s{uuid4().hex[:8]}")
    await desk.page.fill("#name", "後藤")
    await desk.page.check("input[value=counter]")
    await desk.page.check("input[value=tsurusaki]")
    await desk.press("main form button")


async def not_made(desk: Desk) -> None:
    await desk.sign_in("/people/new")
    await desk.press("main form button")


async def helping(desk: Desk) -> None:
    path = somebody(desk)
    loan = f"('{path.rpartition('/')[2]}', 'honcho', '2099-12-31')"
    sql(desk.accounts, f"INSERT INTO staff_loan (staff_id, office_id, until_day) VALUES {loan}")
    await desk.sign_in(path)


async def ended(desk: Desk) -> None:
    path = somebody(desk)
    staff_id = path.rpartition("/")[2]
    over = f"ended = true, active = false WHERE staff_id = '{staff_id}'"
    sql(desk.accounts, f"UPDATE staff SET {over}")
    await desk.sign_in(path)


async def last_administrator(desk: Desk) -> None:
    limited = "last_day = '2099-12-31' WHERE staff_id <> 'tanaka'"
    sql(desk.accounts, f"UPDATE staff SET {limited}")
    await desk.sign_in("/people/id/tanaka")
    await desk.press("button[value=suspend]")


async def not_sure(desk: Desk) -> None:
    await desk.sign_in(somebody(desk))
    await desk.press("button[value=end]")


async def no_title(desk: Desk) -> None:
    await desk.sign_in("/roles/new")
    await desk.press("main form button")


async def first_password(desk: Desk) -> None:
    staff_id = somebody(desk).rpartition("/")[2]
    until = "initial_until = now() + interval '1 day'"
    sql(desk.accounts, f"UPDATE staff SET {until} WHERE staff_id = '{staff_id}'")
    await desk.sign_in(staff_id=staff_id)


async def short_password(desk: Desk) -> None:
    await desk.sign_in("/password")
    await desk.page.fill("#old", "x")
    await desk.page.fill("#new", "short")
    await desk.press("main form button")


STATES = (
    DeskState("people.html", "as it is", "個別に追加", many),
    DeskState("people.html", "empty", "この条件の利用者はいません", nobody_suspended),
    DeskState(
        "person_new.html", "as it is", "加えて、初回パスワード票を出す", opens("/people/new")
    ),
    DeskState("person_new.html", "wrong", "入力内容をお確かめ", not_made),
    DeskState("first_password.html", "as it is", "この画面は1回だけ", made),
    DeskState("person_account.html", "as it is", "応援を終える", helping),
    DeskState("person_account.html", "ended", "記録のために残しています", ended),
    DeskState("person_account.html", "last administrator", "扱える人がいなく", last_administrator),
    DeskState("person_account.html", "not sure", "確認の欄に印を", not_sure),
    DeskState("roles.html", "as it is", "組を加える", opens("/roles")),
    DeskState("role.html", "as it is", "組の名前", opens("/roles/administrator")),
    DeskState("role.html", "wrong", "組の名前を20文字", no_title),
    DeskState("own_sessions.html", "as it is", "いま開いている画面です", opens("/own-sessions")),
    DeskState("password.html", "as it is", "いまのパスワード", opens("/password")),
    DeskState("password.html", "first", "自分のパスワードを決めると", first_password),
    DeskState("password.html", "wrong", "15文字から", short_password),
)

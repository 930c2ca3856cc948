"""One account: changed, suspended, ended, lent to another office, given another first password."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.common.errors import Malformed, Problem
from libs.contracts.times import find_day
from services.gateway.lgwan.accounts.account import INITIAL_FOR, Registry, UnknownAccount
from services.gateway.lgwan.accounts.forms import (
    AccountForm,
    form_of_account,
    read_account,
    read_rights,
)
from services.gateway.lgwan.accounts.managing import (
    Change,
    change_account,
    end_help,
    lend_account,
    print_password,
)
from services.gateway.lgwan.accounts.people_store import PeopleStore
from services.gateway.lgwan.accounts.views import AccountsView, office_choices, row_of
from services.gateway.lgwan.accounts.wording import GROUPS, REFUSED, STATE
from services.gateway.lgwan.door.auth import audit_of, form_of, session_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key, read_version
from services.gateway.lgwan.door.staff import EVERY_OFFICE, MANAGES, Loan
from services.gateway.web.forms import Form

from .people import view_of

_STEPS: dict[str, Callable[[Registry, str], object]] = {
    "suspend": Registry.suspend,
    "resume": Registry.resume,
    "end": Registry.end,
}
_TOLD = {
    "saved": "変更しました。",
    "suspend": "停止しました。開いていた画面は、すべてサインアウトしました。",
    "resume": "停止をやめました。これまでのパスワードでサインインできます。",
    "end": "利用を終了しました。開いていた画面は、すべてサインアウトしました。",
    "unlocked": "サインインの待ち時間をなくしました。",
    "lent": "応援を登録しました。",
    "lent-end": "応援を終えました。",
}
_NO_HELP = "応援する場所と、今日かこれからの最後の日を選んでください。"
_UNTICKED = "終了するときは、確認の欄に印をつけてください。まだ何も変わっていません。"


@staff(MANAGES)
async def person(request: Request) -> Response:
    return await _page(request)


@staff(MANAGES, audit="staff.change")
async def change(request: Request) -> Response:
    view, form = await view_of(request), _form(request)
    staff_id = _known(request, view)
    offices = [code for code, _ in office_choices(view)]
    typed = read_account(form, view.roles, offices, view.today, new=False)
    if typed.errors:
        audit_of(request).result = "not-saved"
        return await _page(request, typed=typed, errors=typed.errors, status=422)
    values = typed.name, typed.role, frozenset(typed.offices), typed.day
    return await _changed(request, lambda registry: registry.change(staff_id, *values), "saved")


@staff(MANAGES, audit="staff.rights")
async def change_rights(request: Request) -> Response:
    staff_id = _known(request, await view_of(request))
    rights = read_rights(_form(request))
    return await _changed(request, lambda registry: registry.set_rights(staff_id, rights), "saved")


@staff(MANAGES, audit="staff.state")
async def change_state(request: Request) -> Response:
    """Suspended, resumed or ended; the sessions of who may not come in end everywhere."""
    form, audit = _form(request), audit_of(request)
    staff_id = _known(request, await view_of(request))
    step = form.get("do")
    if step not in _STEPS:
        raise Malformed("There is no such step.")
    audit.what = f"staff.{step}"
    if step == "end" and form.get("sure") != "1":
        audit.result = "not-confirmed"
        return await _page(request, errors={"sure": _UNTICKED}, status=422)
    return await _changed(request, lambda registry: _STEPS[step](registry, staff_id), step)


@staff(MANAGES, audit="staff.password")
async def first_password(request: Request) -> Response:
    """The sheet is the answer, and nowhere else."""
    door, member = door_of(request), session_of(request).staff
    staff_id, version = _known(request, await view_of(request)), _version(request)
    try:
        sheet = await print_password(door.open_store, door.passwords, member, staff_id, version)
    except Problem as problem:
        return await _refused(request, problem)
    door.hub.end_others(staff_id)
    values = {"sheets": [sheet], "days": INITIAL_FOR.days, "back_to": staff_id}
    return answer(request, "first_password.html", values)


@staff(MANAGES, audit="staff.unlock")
async def unlock(request: Request) -> Response:
    """Nobody has to wait for wrong passwords of before."""
    staff_id = _known(request, await view_of(request))
    _form(request)
    async with door_of(request).open_store(PeopleStore) as store:
        await store.forget_tries(staff_id)
    return _back(staff_id, "unlocked")


@staff(MANAGES, audit="staff.lend")
async def lend(request: Request) -> Response:
    door, form, audit = door_of(request), _form(request), audit_of(request)
    member, view = session_of(request).staff, await view_of(request)
    staff_id, version = _known(request, view), _version(request)
    office_id, until = form.get("office"), find_day(form.get("until"))
    may_choose = {code for code, _ in office_choices(view)} - {EVERY_OFFICE}
    if office_id not in may_choose or until is None or until < view.today:
        audit.result = "not-saved"
        return await _page(request, errors={"office": _NO_HELP}, status=422)
    audit.office_id, audit.detail = office_id, f"until:{until}"
    try:
        await lend_account(door.open_store, member, staff_id, version, Loan(office_id, until))
    except Problem as problem:
        return await _refused(request, problem)
    return _back(staff_id, "lent")


@staff(MANAGES, audit="staff.lend-end")
async def lend_end(request: Request) -> Response:
    door, audit = door_of(request), audit_of(request)
    staff_id, version = _known(request, await view_of(request)), _version(request)
    audit.office_id, member = _form(request).get("office"), session_of(request).staff
    try:
        done = await end_help(door.open_store, member, staff_id, version, audit.office_id)
    except Problem as problem:
        return await _refused(request, problem)
    audit.result = "done" if done else "gone"
    return _back(staff_id, "lent-end")


def _form(request: Request) -> Form:
    form = cast("Form", form_of(request))
    read_key(form)
    return form


def _version(request: Request) -> int:
    return read_version(form_of(request).get("version"))


def _known(request: Request, view: AccountsView) -> str:
    """The account of the address; foreign ones are as absent as those that never were. Raises
    HTTPException (404)."""
    staff_id = str(request.path_params["staff_id"])
    if request.method == "POST":
        audit_of(request).object_kind = "staff"
    if staff_id not in view.accounts:
        raise HTTPException(404)
    if request.method == "POST":
        audit_of(request).object_id = staff_id
    return staff_id


async def _changed(request: Request, change: Change, told: str) -> Response:
    door, member = door_of(request), session_of(request).staff
    staff_id, version = str(request.path_params["staff_id"]), _version(request)
    try:
        detail = await change_account(door.open_store, member, staff_id, version, change)
    except Problem as problem:
        return await _refused(request, problem)
    audit_of(request).detail = detail
    if told in ("suspend", "end"):
        door.hub.end_others(staff_id)
    return _back(staff_id, told)


def _back(staff_id: str, told: str) -> Response:
    return RedirectResponse(f"/people/id/{staff_id}?told={told}", 303)


async def _refused(request: Request, problem: Problem) -> Response:
    """Nothing was changed; the page says why and shows what is there now."""
    audit_of(request).result = problem.slug
    if isinstance(problem, UnknownAccount):
        raise HTTPException(404)
    if problem.slug not in REFUSED:
        raise problem
    return await _page(request, refused=REFUSED[problem.slug], status=409)


async def _page(
    request: Request,
    *,
    typed: AccountForm | None = None,
    errors: Mapping[str, str] | None = None,
    refused: str = "",
    status: int = 200,
) -> Response:
    view = await view_of(request)
    account = view.accounts[_known(request, view)]
    role = view.roles.get(account.role)
    offices = office_choices(view)
    values: dict[str, Any] = {
        "account": account,
        "row": row_of(view, account),
        "state": STATE[account.state_on(view.today)],
        "typed": typed or form_of_account(account),
        "errors": errors or {},
        "refused": refused,
        "told": _TOLD.get(request.query_params.get("told", ""), ""),
        "roles": view.role_choices,
        "role_rights": role.rights if role else frozenset(),
        "offices": offices,
        "helps": [
            (loan, view.offices.get(loan.office_id, loan.office_id)) for loan in account.loans
        ],
        "help_offices": [(c, n) for c, n in offices if c not in (EVERY_OFFICE, *account.offices)],
        "groups": GROUPS,
        "today": view.today.isoformat(),
    }
    return answer(request, "person_account.html", values, status)


_PATH = "/people/id/{staff_id}"
ROUTES = [
    Route(_PATH, person, methods=["GET"]),
    Route(_PATH, change, methods=["POST"]),
    Route(f"{_PATH}/rights", change_rights, methods=["POST"]),
    Route(f"{_PATH}/state", change_state, methods=["POST"]),
    Route(f"{_PATH}/password", first_password, methods=["POST"]),
    Route(f"{_PATH}/unlock", unlock, methods=["POST"]),
    Route(f"{_PATH}/help", lend, methods=["POST"]),
    Route(f"{_PATH}/help/end", lend_end, methods=["POST"]),
]

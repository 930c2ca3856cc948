"""利用者・権限: who has which right, on one page and as CSV; a new account with its sheet."""

from typing import cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.common.errors import Problem
from services.gateway.lgwan.accounts.account import INITIAL_FOR, reaches
from services.gateway.lgwan.accounts.forms import AccountForm, read_account
from services.gateway.lgwan.accounts.managing import create_account
from services.gateway.lgwan.accounts.people_store import PeopleStore
from services.gateway.lgwan.accounts.views import (
    AccountsView,
    csv_of,
    office_choices,
    sections_of,
    tally_of,
)
from services.gateway.lgwan.accounts.wording import GROUPS, REFUSED
from services.gateway.lgwan.door.auth import audit_of, form_of, session_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.csv_rows import csv_answer
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key
from services.gateway.lgwan.door.staff import MANAGES
from services.gateway.web.forms import Form
from services.gateway.web.times import now


@staff(MANAGES)
async def people(request: Request) -> Response:
    view = await view_of(request)
    wanted = request.query_params.get("show", "")
    show = wanted if wanted in ("suspended", "ended", "lent", "limited", "unseen") else "active"
    values = {
        "show": show,
        "tally": tally_of(view),
        "sections": sections_of(view, show),
        "groups": GROUPS,
        "whole_city": reaches(session_of(request).staff, ()),
    }
    return answer(request, "people.html", values)


@staff(MANAGES, audit="staff.export")
async def people_csv(request: Request) -> Response:
    read_key(form_of(request))
    audit_of(request).object_kind = "staff"
    view = await view_of(request)
    audit_of(request).detail = f"rows:{len(view.accounts)}"
    return csv_answer(f"利用者・権限-{now():%Y%m%d-%H%M}", csv_of(view))


@staff(MANAGES)
async def new(request: Request) -> Response:
    return await _new_page(request, AccountForm())


@staff(MANAGES, audit="staff.add")
async def create(request: Request) -> Response:
    """The answer is the sheet with the first password: it is shown here and nowhere again."""
    form, audit, view = cast("Form", form_of(request)), audit_of(request), await view_of(request)
    read_key(form)
    audit.object_kind = "staff"
    offices = [code for code, _ in office_choices(view)]
    typed = read_account(form, view.roles, offices, view.today, new=True)
    if typed.errors:
        audit.result = "not-saved"
        return await _new_page(request, typed, 422)
    audit.object_id = typed.staff_id
    door = door_of(request)
    try:
        made = await create_account(door.open_store, door.passwords, typed.account())
    except Problem as problem:
        audit.result = problem.slug
        typed.errors = {"id": REFUSED[problem.slug]}
        return await _new_page(request, typed, 409)
    audit.detail = made.detail
    values = {"sheets": [made.sheet], "days": INITIAL_FOR.days, "back_to": made.sheet.staff_id}
    return answer(request, "first_password.html", values)


async def _new_page(request: Request, typed: AccountForm, status: int = 200) -> Response:
    view = await view_of(request)
    values = {
        "typed": typed,
        "errors": typed.errors,
        "roles": view.role_choices,
        "offices": office_choices(view),
        "today": view.today.isoformat(),
    }
    return answer(request, "person_new.html", values, status)


async def view_of(request: Request) -> AccountsView:
    door, member = door_of(request), session_of(request).staff
    catalog = await door.catalog.get()
    async with door.open_store(PeopleStore) as store:
        accounts, roles = await store.accounts(), await store.roles()
        today = await store.today()
    mine = {k: one for k, one in accounts.items() if reaches(member, one.offices)}
    names = {office.office_id: office.name for office in catalog.offices.values()}
    return AccountsView(mine, {k: role for k, (role, _) in roles.items()}, names, today, member)


ROUTES = [
    Route("/people", people, methods=["GET"]),
    Route("/people", create, methods=["POST"]),
    Route("/people/new", new, methods=["GET"]),
    Route("/people/rights.csv", people_csv, methods=["POST"]),
]

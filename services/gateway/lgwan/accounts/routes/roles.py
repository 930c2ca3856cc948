"""組: named sets of rights, changed and made by who manages the accounts of the whole city."""

import secrets
from collections import Counter
from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.common.errors import NotAllowed, Problem
from services.gateway.lgwan.accounts.account import reaches
from services.gateway.lgwan.accounts.forms import read_rights, wrong_title
from services.gateway.lgwan.accounts.managing import save_role
from services.gateway.lgwan.accounts.people_store import PeopleStore
from services.gateway.lgwan.accounts.wording import GROUPS, REFUSED
from services.gateway.lgwan.door.auth import audit_of, form_of, session_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key, read_version
from services.gateway.lgwan.door.staff import MANAGES, Role
from services.gateway.web.forms import Form

_NEW = "new"
_CHANGED = (
    "ほかの管理者が先にこの組を変更していました。いまの内容を見て、直してから保存してください。"
)


@staff(MANAGES)
async def roles(request: Request) -> Response:
    _need_the_whole_city(request)
    async with door_of(request).open_store(PeopleStore) as store:
        found, accounts = await store.roles(), await store.accounts()
    members = Counter(one.role for one in accounts.values() if not one.ended)
    values = {
        "roles": [(code, role, members[code]) for code, (role, _) in found.items()],
        "groups": GROUPS,
        "saved": request.query_params.get("saved") == "1",
    }
    return answer(request, "roles.html", values)


@staff(MANAGES)
async def role(request: Request) -> Response:
    _need_the_whole_city(request)
    return await _page(request)


@staff(MANAGES, audit="role.save")
async def save(request: Request) -> Response:
    """A new role where the address says so. Everybody who has the role gets its rights."""
    _need_the_whole_city(request)
    form, audit = cast("Form", form_of(request)), audit_of(request)
    read_key(form)
    audit.object_kind, wanted = "role", str(request.path_params["role_id"])
    typed = Role(form.get("title").strip(), read_rights(form))
    if wrong := wrong_title(typed.title):
        audit.result = "not-saved"
        return await _page(request, typed, {"title": wrong}, 422)
    role_id, version = wanted, read_version(form.get("version"))
    if wanted == _NEW:
        role_id = f"city-{secrets.token_hex(4)}"
    else:
        await _known(request)
    audit.object_id = role_id
    audit.detail = f"rights:{','.join(sorted(typed.rights))}"
    try:
        changed = await save_role(door_of(request).open_store, role_id, typed, version)
    except Problem as problem:
        audit.result = problem.slug
        conflict = problem.slug == "changed-meanwhile"
        text = _CHANGED if conflict else REFUSED[problem.slug]
        return await _page(request, None if conflict else typed, {"rights": text}, 409)
    audit.detail += f" accounts:{changed}"
    return RedirectResponse("/roles?saved=1", 303)


def _need_the_whole_city(request: Request) -> None:
    if not reaches(session_of(request).staff, ()):
        raise NotAllowed("Roles are for all offices.")


async def _known(request: Request) -> tuple[Role, int]:
    """Raises HTTPException (404)."""
    role_id = str(request.path_params["role_id"])
    if role_id == _NEW:
        return Role("", frozenset()), 0
    async with door_of(request).open_store(PeopleStore) as store:
        found = await store.roles()
    if role_id not in found:
        raise HTTPException(404)
    return found[role_id]


async def _page(
    request: Request,
    typed: Role | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    role_id, (known, version) = str(request.path_params["role_id"]), await _known(request)
    async with door_of(request).open_store(PeopleStore) as store:
        accounts = await store.accounts()
    values = {
        "role_id": role_id,
        "new": role_id == _NEW,
        "role": typed or known,
        "version": version,
        "members": sum(one.role == role_id and not one.ended for one in accounts.values()),
        "errors": errors or {},
        "groups": GROUPS,
    }
    return answer(request, "role.html", values, status)


ROUTES = [
    Route("/roles", roles, methods=["GET"]),
    Route("/roles/{role_id}", role, methods=["GET"]),
    Route("/roles/{role_id}", save, methods=["POST"]),
]

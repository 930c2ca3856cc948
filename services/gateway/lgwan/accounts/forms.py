"""What the forms of accounts hold, read and found wrong."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from libs.contracts.times import find_day
from services.gateway.lgwan.door.staff import EVERY_OFFICE, RIGHTS, is_staff_id, normalise_id
from services.gateway.web.forms import Form

from .account import Account

NAME_LENGTH = 40
_ROLE_TITLE = re.compile(r"\S.{0,19}")
WRONG_ID = (
    "職員IDは、半角の英小文字・数字・記号（. _ -）で、64文字までで入力してください。例：tanaka"
)
WRONG_NAME = f"名前を{NAME_LENGTH}文字までで入力してください。例：田中"
WRONG_ROLE = "組を選んでください。"
WRONG_OFFICE = "担当する場所を1つ以上選んでください。"
WRONG_DAY = "今日か、これからの日付を選んでください。"


@dataclass
class AccountForm:
    """What was typed, to be shown again, with what is wrong with it."""

    staff_id: str = ""
    name: str = ""
    role: str = ""
    offices: tuple[str, ...] = ()
    last_day: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def day(self) -> date | None:
        return find_day(self.last_day)

    def account(self) -> Account:
        """A new one, with no rights yet and no password."""
        offices = frozenset(self.offices)
        new = Account(self.staff_id, self.name, self.role, frozenset(), offices)
        return replace(new, last_day=self.day)


def read_account(
    form: Form, roles: Collection[str], offices: Iterable[str], today: date, *, new: bool
) -> AccountForm:
    """`offices` are those that may be chosen; all of them together may be one choice."""
    chosen = tuple(one for one in offices if one in form.all("offices"))
    if EVERY_OFFICE in chosen:
        chosen = (EVERY_OFFICE,)
    typed = AccountForm(
        normalise_id(form.get("id")),
        form.get("name").strip(),
        form.get("role"),
        chosen,
        form.get("last_day").strip(),
    )
    typed.errors = {
        **({"id": WRONG_ID} if new and not is_staff_id(typed.staff_id) else {}),
        **({} if 0 < len(typed.name) <= NAME_LENGTH else {"name": WRONG_NAME}),
        **({} if typed.role in roles else {"role": WRONG_ROLE}),
        **({} if typed.offices else {"offices": WRONG_OFFICE}),
        **_wrong_day(typed.last_day, today),
    }
    return typed


def form_of_account(account: Account) -> AccountForm:
    return AccountForm(
        account.staff_id,
        account.name,
        account.role,
        tuple(sorted(account.offices)),
        account.last_day.isoformat() if account.last_day else "",
    )


def _wrong_day(typed: str, today: date) -> dict[str, str]:
    day = find_day(typed)
    return {"last_day": WRONG_DAY} if typed and (day is None or day < today) else {}


def read_rights(form: Form) -> frozenset[str]:
    return frozenset(form.all("rights")) & frozenset(RIGHTS)


def wrong_title(title: str) -> str:
    """What is wrong with the name of a role; nothing where it is well."""
    return "" if _ROLE_TITLE.fullmatch(title) else "組の名前を20文字までで入力してください。"

"""What people do with their own account."""

from typing import ClassVar

from libs.common.errors import Problem
from services.gateway.lgwan.door.passwords import Passwords
from services.gateway.lgwan.door.staff import StaffSession
from services.gateway.lgwan.door.store import OpenStore

from .own_store import OwnStore


class WrongOldPassword(Problem):
    """Who sits before an open screen does not know the password of the account."""

    slug: ClassVar[str] = "wrong-password"


async def change_own_password(
    open_store: OpenStore, passwords: Passwords, session: StaffSession, old: str, new: str
) -> None:
    """Ends all other sessions of the account. Raises WrongOldPassword and Unavailable."""
    staff_id = session.staff.staff_id
    async with open_store(OwnStore) as store:
        known = await store.password_hash(staff_id)
    if not await passwords.match(old, known):
        raise WrongOldPassword("The password is wrong.")
    hashed = await passwords.hash(new)
    async with open_store(OwnStore) as store:
        if not await store.change_password(staff_id, known or "", hashed):
            raise WrongOldPassword("The password was changed meanwhile.")
        await store.close_other_sessions(staff_id, session.session_id)

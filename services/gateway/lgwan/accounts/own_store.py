"""One's own password and sessions in the door's own database."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from services.gateway.lgwan.door.store import Store

_CHANGE = text("""
    UPDATE staff SET password_hash = :hash, initial_until = NULL, password_at = now()
    WHERE staff_id = :staff AND password_hash = :known AND active RETURNING true
""")
_CLOSE_OTHERS = text("""
    DELETE FROM staff_session WHERE staff_id = :staff AND session_id <> :session
""")


_SESSIONS = text("""
    SELECT session_id, created_at, last_seen_at, address, agent FROM staff_session
    WHERE staff_id = :staff AND expires_at > now() ORDER BY created_at DESC
""")
_CLOSE_OWN = text("""
    DELETE FROM staff_session WHERE staff_id = :staff AND session_id = :session RETURNING true
""")


@dataclass(frozen=True)
class OpenSession:
    """Where the account is signed in to."""

    session_id: str
    created_at: datetime
    last_seen_at: datetime
    address: str
    agent: str


class OwnStore(Store):
    """For the member of staff who is signed in."""

    async def change_password(self, staff_id: str, known: str, password_hash: str) -> bool:
        """False where the password is no longer the one that was checked."""
        values = {"staff": staff_id, "known": known, "hash": password_hash}
        return bool((await self.session.execute(_CHANGE, values)).scalar_one_or_none())

    async def sessions(self, staff_id: str) -> list[OpenSession]:
        found = await self.session.execute(_SESSIONS, {"staff": staff_id})
        return [OpenSession(*row) for row in found]

    async def close_own(self, staff_id: str, session_id: str) -> bool:
        """Whether there was one; that of somebody else is as absent."""
        values = {"staff": staff_id, "session": session_id}
        return bool((await self.session.execute(_CLOSE_OWN, values)).scalar_one_or_none())

    async def close_other_sessions(self, staff_id: str, session_id: str) -> None:
        await self.session.execute(_CLOSE_OTHERS, {"staff": staff_id, "session": session_id})

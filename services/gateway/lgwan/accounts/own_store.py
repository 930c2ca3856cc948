"""One's own password and sessions in the door's own database."""

from sqlalchemy import text

from services.gateway.lgwan.door.store import Store

_CHANGE = text("""
    UPDATE staff SET password_hash = :hash, initial_until = NULL, password_at = now()
    WHERE staff_id = :staff AND password_hash = :known AND active RETURNING true
""")
_CLOSE_OTHERS = text("""
    DELETE FROM staff_session WHERE staff_id = :staff AND session_id <> :session
""")


class OwnStore(Store):
    """For the member of staff who is signed in."""

    async def change_password(self, staff_id: str, known: str, password_hash: str) -> bool:
        """False where the password is no longer the one that was checked."""
        values = {"staff": staff_id, "known": known, "hash": password_hash}
        return bool((await self.session.execute(_CHANGE, values)).scalar_one_or_none())

    async def close_other_sessions(self, staff_id: str, session_id: str) -> None:
        await self.session.execute(_CLOSE_OTHERS, {"staff": staff_id, "session": session_id})

"""Tries to sign in, counted before they are checked: parallel ones cannot slip past."""

from datetime import timedelta

from sqlalchemy import text

from libs.common.database import SqlStore

from .slowing import (
    ADDRESS_FAMILIAR_FOR,
    BROWSER_FAMILIAR_FOR,
    COUNTED_FOR,
    FREE_TRIES,
    LONGEST_WAIT,
    SignInCaller,
    TriedSignIn,
)

_WAIT = """
    least(power(2, least(known.tries - CAST(:free AS int), 10)), CAST(:longest AS float8))
        * interval '1 second'
"""
# A try that comes too soon is not counted: hammering at a key makes no wait longer.
_COUNT_OWN = text(f"""
    INSERT INTO sign_in_attempt AS known (id_digest, staff_digest, tries, last_at)
    VALUES (:key, :staff, 1, clock_timestamp())
    ON CONFLICT (id_digest) DO UPDATE SET last_at = clock_timestamp(),
        tries = CASE WHEN known.last_at < now() - CAST(:window AS interval) THEN 1
                     ELSE least(known.tries + 1, 1000) END
    WHERE known.tries <= :free OR known.last_at + {_WAIT} <= clock_timestamp()
    RETURNING tries
""")
_LEFT = text(f"""
    SELECT extract(epoch FROM known.last_at + {_WAIT} - clock_timestamp())
    FROM sign_in_attempt known WHERE known.id_digest = :key
""")
_COUNT = text("""
    INSERT INTO sign_in_attempt AS known (id_digest, staff_digest, tries, last_at)
    VALUES (:key, :staff, 1, now())
    ON CONFLICT (id_digest) DO UPDATE SET last_at = now(),
        tries = CASE WHEN known.last_at < now() - CAST(:window AS interval) THEN 1
                     ELSE least(known.tries + 1, 1000) END
    RETURNING tries
""")
_FORGET = text("DELETE FROM sign_in_attempt WHERE id_digest = ANY (CAST(:keys AS text[]))")
_FORGET_ALL = text("DELETE FROM sign_in_attempt WHERE staff_digest = :staff")
_FAMILIAR = text("""
    SELECT true FROM familiar WHERE digest = :key AND at > now() - CAST(:age AS interval)
""")
_NOTE_FAMILIAR = text("""
    INSERT INTO familiar (digest) SELECT unnest(CAST(:keys AS text[])) ORDER BY 1
    ON CONFLICT (digest) DO UPDATE SET at = now()
""")
_PRUNE_TRIES = text("DELETE FROM sign_in_attempt WHERE last_at < now() - interval '1 day'")
_PRUNE_FAMILIAR = text("DELETE FROM familiar WHERE at < now() - CAST(:age AS interval)")


class SlowingStore(SqlStore):
    """Known ids and unknown ones are counted alike."""

    async def count_try(self, caller: SignInCaller) -> TriedSignIn:
        """Where the browser has to wait, nothing is counted."""
        familiar = await self._is_familiar(caller.browser_key, BROWSER_FAMILIAR_FOR)
        values = {
            "key": caller.browser_key,
            "staff": caller.staff_key,
            "free": FREE_TRIES,
            "longest": LONGEST_WAIT,
            "window": COUNTED_FOR,
        }
        if (await self.session.execute(_COUNT_OWN, values)).scalar_one_or_none() is None:
            left = (await self.session.execute(_LEFT, values)).scalar_one_or_none()
            return TriedSignIn(max(float(left or 1), 1.0), 0, 0, familiar, True)
        strangers = 0
        if not familiar:
            strangers = await self._count(caller.strangers_key, caller.staff_key)
        at_address = await self._count(caller.address_key, "")
        place = await self._is_familiar(caller.address_key, ADDRESS_FAMILIAR_FOR)
        return TriedSignIn(0.0, strangers, at_address, familiar, place)

    async def was_right(self, caller: SignInCaller) -> None:
        """The browser and the address are familiar from now on."""
        keys = [caller.browser_key, caller.address_key]
        await self.session.execute(_NOTE_FAMILIAR, {"keys": keys})
        await self.session.execute(_FORGET, {"keys": keys})
        await self.session.execute(_PRUNE_TRIES)
        await self.session.execute(_PRUNE_FAMILIAR, {"age": BROWSER_FAMILIAR_FOR})

    async def forget_tries(self, staff_id: str) -> None:
        """All wrong tries for the account, wherever they were made."""
        await self.session.execute(_FORGET_ALL, {"staff": SignInCaller(staff_id, "", "").staff_key})

    async def _count(self, key: str, staff_key: str) -> int:
        values = {"key": key, "staff": staff_key, "window": COUNTED_FOR}
        tries: int = (await self.session.execute(_COUNT, values)).scalar_one()
        return tries

    async def _is_familiar(self, key: str, age: timedelta) -> bool:
        values = {"key": key, "age": age}
        return bool((await self.session.execute(_FAMILIAR, values)).scalar_one_or_none())

"""Screens of waiting rooms: what opens each, as a digest, and until when."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text

from services.gateway.lgwan.door.store import Store

from .displays import ENTRY, LONGEST_DISPLAY, Display, Theme

_MINE = "(CAST(:offices AS text[]) @> ARRAY['*'] OR d.office_id = ANY (CAST(:offices AS text[])))"
_COLUMNS = """
    d.display_id, d.office_id, d.theme, d.opened_by, d.opened_at, d.expires_at,
    d.shown_at
"""
_OPEN = text("""
    INSERT INTO display AS d (display_id, office_id, theme, opened_by, entry_digest, expires_at)
    VALUES (:id, :office, :theme, :staff, :entry, now() + CAST(:longest AS interval))
    ON CONFLICT (display_id) DO UPDATE SET entry_digest = excluded.entry_digest
        WHERE d.cookie_digest IS NULL
    RETURNING display_id
""")
# The token serves once: whoever comes second finds none.
_ENTER = text("""
    UPDATE display SET entry_digest = NULL, cookie_digest = :cookie
    WHERE entry_digest = :entry AND opened_by = :staff AND expires_at > now()
        AND opened_at > now() - CAST(:patience AS interval)
    RETURNING office_id
""")
_SHOW = text(f"""
    SELECT {_COLUMNS}, d.shown_at IS NULL OR d.shown_at < now() - interval '1 minute' AS stale
    FROM display d
    WHERE d.cookie_digest = :cookie AND d.expires_at > now()
""")
_SEEN = text("UPDATE display SET shown_at = now() WHERE display_id = :id")
_ALL = text(f"""
    SELECT {_COLUMNS} FROM display d
    WHERE d.cookie_digest IS NOT NULL AND d.expires_at > now() AND {_MINE}
    ORDER BY d.office_id, d.opened_at, d.display_id
""")
_CLOSE = text(f"DELETE FROM display d WHERE d.display_id = :id AND {_MINE} RETURNING d.office_id")
_PRUNE = text("""
    DELETE FROM display WHERE expires_at < now()
        OR (cookie_digest IS NULL AND opened_at < now() - CAST(:patience AS interval))
""")


class DisplayStore(Store):
    """A display that was closed or whose time is over is as unknown as one that never was."""

    async def open_display(
        self, display_id: UUID, office_id: str, theme: Theme, staff_id: str, entry: str
    ) -> bool:
        """`entry` is the digest of what its screen comes in with. False where the screen of this
        form has come in already."""
        values = {
            "id": display_id,
            "office": office_id,
            "theme": theme,
            "staff": staff_id,
            "entry": entry,
            "longest": LONGEST_DISPLAY,
        }
        return bool((await self.session.execute(_OPEN, values)).scalar_one_or_none())

    async def enter_display(self, entry: str, cookie: str, staff_id: str) -> str | None:
        """The office of the display; `cookie` is the digest of what opens it from now on. None for
        a token that is unknown, spent, old or somebody else's."""
        values = {"entry": entry, "cookie": cookie, "staff": staff_id, "patience": ENTRY}
        office: str | None = (await self.session.execute(_ENTER, values)).scalar_one_or_none()
        return office

    async def shown_display(self, cookie: str) -> Display | None:
        """The display that the cookie opens, and note that its screen is on."""
        row = (await self.session.execute(_SHOW, {"cookie": cookie})).one_or_none()
        if row is None:
            return None
        *columns, stale = row
        display = Display(*columns)
        if stale:
            await self.session.execute(_SEEN, {"id": display.display_id})
        return display

    async def open_displays(self, offices: Iterable[str]) -> list[Display]:
        rows = await self.session.execute(_ALL, {"offices": list(offices)})
        return [Display(*row) for row in rows]

    async def close_display(self, offices: Iterable[str], display_id: UUID) -> str | None:
        """Its office; None where there is none of these offices."""
        values = {"offices": list(offices), "id": display_id}
        office: str | None = (await self.session.execute(_CLOSE, values)).scalar_one_or_none()
        return office

    async def prune_displays(self) -> None:
        await self.session.execute(_PRUNE, {"patience": ENTRY})

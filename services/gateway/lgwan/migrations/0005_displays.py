"""Screens of waiting rooms, opened by staff."""

from alembic import op

revision = "0005"
down_revision = "0004"

TABLE = """
CREATE TABLE display (
    display_id uuid PRIMARY KEY,
    office_id text NOT NULL,
    theme text NOT NULL,
    opened_by text NOT NULL REFERENCES staff,
    opened_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    entry_digest text UNIQUE,
    cookie_digest text UNIQUE,
    shown_at timestamptz
)
"""


def upgrade() -> None:
    op.execute(TABLE)

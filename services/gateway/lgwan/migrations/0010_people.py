"""Roles that the city changes, the states of an account, and what a line of the log adds."""

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS = (
    """
    ALTER TABLE staff
        ADD role text NOT NULL DEFAULT '',
        ADD version integer NOT NULL DEFAULT 1,
        ADD ended boolean NOT NULL DEFAULT false,
        ADD last_day date,
        ADD initial_until timestamptz,
        ADD signed_in_at timestamptz,
        ADD password_at timestamptz NOT NULL DEFAULT now()
    """,
    # Who may change settings administers the system: without this nobody could open the new pages.
    """
    UPDATE staff SET rights = array_append(rights, 'staff.manage')
    WHERE 'settings.edit' = ANY (rights)
    """,
    """
    CREATE TABLE staff_role (
        role_id text PRIMARY KEY,
        title text NOT NULL,
        rights text[] NOT NULL,
        version integer NOT NULL DEFAULT 1
    )
    """,
    """
    ALTER TABLE operation
        ADD address text NOT NULL DEFAULT '',
        ADD detail text NOT NULL DEFAULT ''
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

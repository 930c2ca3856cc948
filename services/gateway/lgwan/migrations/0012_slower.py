"""Wrong passwords by account and browser, who signed in from where, and where sessions are open."""

from alembic import op

revision = "0012"
down_revision = "0011"

STATEMENTS = (
    "ALTER TABLE sign_in_attempt ADD staff_digest text NOT NULL DEFAULT ''",
    "CREATE INDEX sign_in_attempt_staff ON sign_in_attempt (staff_digest)",
    """
    CREATE TABLE familiar (
        digest text PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now()
    )
    """,
    """
    ALTER TABLE staff_session
        ADD address text NOT NULL DEFAULT '',
        ADD agent text NOT NULL DEFAULT ''
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

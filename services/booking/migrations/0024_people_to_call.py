"""Who has to be called because a mail did not arrive, and what came of the calls."""

from alembic import op

revision = "0024"
down_revision = "0023"

STATEMENTS = (
    """
    CREATE TABLE person_to_call (
        booking_id uuid NOT NULL REFERENCES booking,
        reason text NOT NULL,
        since timestamptz NOT NULL,
        contact_version integer NOT NULL,
        called text,
        called_at timestamptz,
        called_by text,
        PRIMARY KEY (booking_id, reason),
        CONSTRAINT person_to_call_reason CHECK (reason IN ('mail', 'reminder', 'outage'))
    )
    """,
    """
    INSERT INTO person_to_call (booking_id, reason, since, contact_version)
    SELECT booking_id, 'mail', now(), contact_version FROM booking
    WHERE mail_failed AND status = 'confirmed' AND starts_at > now()
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

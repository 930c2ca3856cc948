"""Bookings are found by name, phone number and e-mail address, through digests.

Only the service has the keys, so the database notes which bookings have none yet: all that stand
in it now, and each whose name or contact is written, also by the release before.
"""

from alembic import op

revision = "0026"
down_revision = "0025"

TABLES = (
    """
    CREATE TABLE search_index (
        booking_id uuid NOT NULL REFERENCES booking,
        kind text NOT NULL,
        digest text NOT NULL,
        PRIMARY KEY (booking_id, kind),
        CONSTRAINT search_index_kind CHECK (kind IN ('name', 'phone', 'email'))
    )
    """,
    "CREATE INDEX search_index_digest ON search_index (digest)",
    """
    CREATE TABLE unindexed_booking (
        note_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        booking_id uuid NOT NULL
    )
    """,
    """
    CREATE TABLE search_made (
        search_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        actor text NOT NULL,
        at timestamptz NOT NULL DEFAULT clock()
    )
    """,
    "CREATE INDEX search_made_actor ON search_made (actor, at)",
)

# What was made of a former address goes with it, in the same transaction.
TRIGGERS = (
    """
    CREATE FUNCTION note_unindexed() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        written uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.booking_id ELSE NEW.booking_id END;
    BEGIN
        DELETE FROM search_index WHERE booking_id = written;
        INSERT INTO unindexed_booking (booking_id)
        SELECT booking_id FROM booking WHERE booking_id = written AND erased_at IS NULL;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER search_index_new AFTER INSERT ON booking FOR EACH ROW
    WHEN (NEW.kana IS NOT NULL OR NEW.contact IS NOT NULL OR NEW.phone IS NOT NULL)
    EXECUTE FUNCTION note_unindexed()
    """,
    """
    CREATE TRIGGER search_index_changed AFTER UPDATE ON booking FOR EACH ROW
    WHEN (OLD.kana IS DISTINCT FROM NEW.kana OR OLD.contact IS DISTINCT FROM NEW.contact
        OR OLD.phone IS DISTINCT FROM NEW.phone)
    EXECUTE FUNCTION note_unindexed()
    """,
    """
    CREATE TRIGGER search_index_waiting AFTER INSERT ON address_use FOR EACH ROW
    WHEN (NEW.waiting IS NOT NULL) EXECUTE FUNCTION note_unindexed()
    """,
    """
    CREATE TRIGGER search_index_waited AFTER UPDATE ON address_use FOR EACH ROW
    WHEN (OLD.waiting IS DISTINCT FROM NEW.waiting) EXECUTE FUNCTION note_unindexed()
    """,
    """
    CREATE TRIGGER search_index_forgotten AFTER DELETE ON address_use FOR EACH ROW
    WHEN (OLD.waiting IS NOT NULL) EXECUTE FUNCTION note_unindexed()
    """,
)

STANDING = """
INSERT INTO unindexed_booking (booking_id)
SELECT booking_id FROM booking WHERE erased_at IS NULL
    AND (kana IS NOT NULL OR contact IS NOT NULL OR phone IS NOT NULL)
ORDER BY starts_at
"""


def upgrade() -> None:
    for statement in (*TABLES, *TRIGGERS, STANDING):
        op.execute(statement)

"""Bookings of several people, and one standing booking per person in every group of procedures.

A booking may be for procedures of several groups, so an index of its own table cannot keep a person
from booking twice. The trigger keeps one row a group, whoever writes the booking: also the release
before this one, which goes on while this one starts.
"""

from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = """
ALTER TABLE booking
    ADD COLUMN also_groups text[] NOT NULL DEFAULT '{}',
    ADD COLUMN party_line integer NOT NULL DEFAULT 0;
CREATE TABLE active_person (
    person_key text NOT NULL,
    person_group text NOT NULL,
    booking_id uuid NOT NULL REFERENCES booking
);
CREATE INDEX ix_active_person_booking_id ON active_person (booking_id)
"""

FUNCTION = """
CREATE FUNCTION keep_active_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM active_person WHERE booking_id = NEW.booking_id;
    END IF;
    IF NEW.status IN ('confirmed', 'arrived') THEN
        INSERT INTO active_person (person_key, person_group, booking_id)
        SELECT NEW.person_key, wanted, NEW.booking_id
        FROM unnest(NEW.also_groups || NEW.person_group) AS wanted GROUP BY wanted ORDER BY wanted;
    END IF;
    RETURN NULL;
END $$
"""

TRIGGERS = (
    """
    CREATE TRIGGER active_person_new AFTER INSERT ON booking
        FOR EACH ROW EXECUTE FUNCTION keep_active_person()
    """,
    """
    CREATE TRIGGER active_person_changed AFTER UPDATE ON booking
        FOR EACH ROW WHEN (
            (OLD.status IN ('confirmed', 'arrived')) <> (NEW.status IN ('confirmed', 'arrived'))
            OR OLD.person_key <> NEW.person_key)
        EXECUTE FUNCTION keep_active_person()
    """,
)

# The name of the index that kept this until now: the release before this one knows it.
TAKE_OVER = """
INSERT INTO active_person (person_key, person_group, booking_id)
    SELECT person_key, person_group, booking_id FROM booking
    WHERE status IN ('confirmed', 'arrived');
DROP INDEX booking_active_person;
ALTER TABLE active_person
    ADD CONSTRAINT booking_active_person PRIMARY KEY (person_key, person_group)
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    op.execute(FUNCTION)
    for statement in TRIGGERS:
        op.execute(statement)
    for statement in TAKE_OVER.split(";\n"):
        op.execute(statement)

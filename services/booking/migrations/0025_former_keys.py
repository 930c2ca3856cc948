"""Keys of persons by two versions of the rule, until no booking by the older one stands.

None in `former_keys`: written by the release before, by the first version alone. The service gives
such a booking its newer keys, which only it can compute.
"""

from alembic import op

revision = "0025"
down_revision = "0024"

COLUMN = "ALTER TABLE booking ADD COLUMN former_keys text[]"

FUNCTION = """
CREATE OR REPLACE FUNCTION keep_active_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM active_person WHERE booking_id = NEW.booking_id;
    END IF;
    IF NEW.status IN ('confirmed', 'arrived') THEN
        INSERT INTO active_person (person_key, person_group, booking_id)
        SELECT DISTINCT known, wanted, NEW.booking_id FROM (
            SELECT coalesce(key, NEW.person_key), wanted
            FROM unnest(NEW.person_group || NEW.also_groups, NEW.person_key || NEW.also_keys)
                AS own (wanted, key)
            UNION ALL SELECT key, wanted
            FROM unnest(NEW.person_group || NEW.also_groups, NEW.former_keys)
                AS former (wanted, key)
            WHERE key <> ''
        ) AS every (known, wanted)
        ORDER BY known, wanted;
    END IF;
    RETURN NULL;
END $$
"""

TRIGGER = """
CREATE OR REPLACE TRIGGER active_person_changed AFTER UPDATE ON booking
    FOR EACH ROW WHEN (
        (OLD.status IN ('confirmed', 'arrived')) <> (NEW.status IN ('confirmed', 'arrived'))
        OR OLD.person_key <> NEW.person_key OR OLD.also_keys <> NEW.also_keys
        OR OLD.former_keys IS DISTINCT FROM NEW.former_keys)
    EXECUTE FUNCTION keep_active_person()
"""


def upgrade() -> None:
    for statement in (COLUMN, FUNCTION, TRIGGER):
        op.execute(statement)

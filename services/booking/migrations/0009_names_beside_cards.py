"""A card says who collects it; for other procedures of the same visit the name does.

So each further group of procedures may have a key of its own, as it has in a visit by itself.
Without one the booking's own key counts, which is what the release before this one writes.
"""

from alembic import op

revision = "0009"
down_revision = "0008"

COLUMN = "ALTER TABLE booking ADD COLUMN also_keys text[] NOT NULL DEFAULT '{}'"

FUNCTION = """
CREATE OR REPLACE FUNCTION keep_active_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM active_person WHERE booking_id = NEW.booking_id;
    END IF;
    IF NEW.status IN ('confirmed', 'arrived') THEN
        INSERT INTO active_person (person_key, person_group, booking_id)
        SELECT DISTINCT coalesce(key, NEW.person_key) AS known, wanted, NEW.booking_id
        FROM unnest(NEW.person_group || NEW.also_groups, NEW.person_key || NEW.also_keys)
            AS own (wanted, key)
        ORDER BY known, wanted;
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.execute(COLUMN)
    op.execute(FUNCTION)

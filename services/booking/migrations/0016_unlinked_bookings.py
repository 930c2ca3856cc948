"""Bookings whose booking id is not known yet, and whose person's key is another one later."""

from alembic import op

revision = "0016"
down_revision = "0015"

TABLE = """
CREATE TABLE unlinked_booking (
    booking_id uuid PRIMARY KEY REFERENCES booking
)
"""
FORGET = "DROP TRIGGER active_person_changed ON booking"
TRIGGER = """
CREATE TRIGGER active_person_changed AFTER UPDATE ON booking
    FOR EACH ROW WHEN (
        (OLD.status IN ('confirmed', 'arrived')) <> (NEW.status IN ('confirmed', 'arrived'))
        OR OLD.person_key <> NEW.person_key OR OLD.also_keys <> NEW.also_keys)
    EXECUTE FUNCTION keep_active_person()
"""


def upgrade() -> None:
    for statement in (TABLE, FORGET, TRIGGER):
        op.execute(statement)

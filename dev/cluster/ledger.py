"""What the database has of what citizens were told, and whether every copy is as far."""

from . import kubectl

_OVERLAPS = """
    SELECT count(*) FROM booking.booking a JOIN booking.booking b
        ON a.office_id = b.office_id AND a.window_id = b.window_id AND a.booking_id < b.booking_id
        AND a.starts_at < b.starts_at + make_interval(mins => b.minutes)
        AND b.starts_at < a.starts_at + make_interval(mins => a.minutes)
    WHERE a.status <> 'cancelled' AND b.status <> 'cancelled'"""
_BEHIND = """
    SELECT (SELECT count(*) FROM booking.outbox WHERE sent_at IS NULL)
        + (SELECT count(*) FROM eligibility.outbox WHERE sent_at IS NULL)
        + (SELECT count(*) FROM notify.outbox WHERE sent_at IS NULL)
        + (SELECT count(*) FROM notify.delivery WHERE state = 'waiting')
        + (SELECT count(*) FROM booking.booking b WHERE contact IS NOT NULL AND NOT EXISTS (
            SELECT FROM notify.delivery d WHERE d.booking_id = b.booking_id AND d.version = 1))
        + (SELECT count(*) FROM booking.booking b WHERE NOT EXISTS (
            SELECT FROM reporting.booking_now n
            WHERE (n.booking_id, n.version) = (b.booking_id, b.version)))"""


def missing(numbers: list[str]) -> list[str]:
    """The numbers that a citizen was shown and that no booking has."""
    known = {row[0] for row in kubectl.sql("SELECT number FROM booking.booking")}
    return [number for number in numbers if number.replace("-", "") not in known]


def twice() -> int:
    """Pairs of bookings that have one window at one time."""
    return int(kubectl.sql(_OVERLAPS)[0][0])


def behind() -> int:
    """Facts, mails and counts that are still on their way."""
    return int(kubectl.sql(_BEHIND)[0][0])

"""What a booking is counted by beside its state: when it was booked, for how many, how long."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# What is known of the visits so far, in the ledger's own terms.
_WAITS = """
    UPDATE booking_version v SET
        kind = CASE WHEN w.seconds IS NULL THEN 'reopened' ELSE 'called' END,
        calls = CASE WHEN w.seconds IS NULL THEN 0 ELSE 1 END,
        called_at = CASE WHEN w.seconds IS NOT NULL THEN v.at END,
        arrived_at = v.at - w.seconds * interval '1 second'
    FROM wait w WHERE (w.booking_id, w.version) = (v.booking_id, v.version)
"""
_NOW = """
    UPDATE booking_now n SET channel = v.channel, outcome = v.outcome,
        booked_on = (first.at AT TIME ZONE 'Asia/Tokyo')::date,
        hour = extract(hour FROM v.starts_at AT TIME ZONE 'Asia/Tokyo')::integer,
        wait_seconds = CASE WHEN v.status IN ('arrived', 'finished') THEN (
            SELECT seconds FROM wait w WHERE w.booking_id = n.booking_id
            ORDER BY version DESC LIMIT 1) END
    FROM booking_version v, LATERAL (
        SELECT at FROM booking_version f WHERE f.booking_id = v.booking_id
        ORDER BY version LIMIT 1) AS first
    WHERE (v.booking_id, v.version) = (n.booking_id, n.version)
"""


def upgrade():
    _ledger()
    _bookings()
    op.execute(_WAITS)
    op.execute(_NOW)
    op.create_index("booking_now_booked_on", "booking_now", ["booked_on", "office_id"])
    _closed_months()


def _add(table, *columns):
    for column in columns:
        op.add_column(table, column)


def _moment(name):
    return sa.Column(name, sa.DateTime(timezone=True))


def _given(name, kind, default):
    return sa.Column(name, kind, nullable=False, server_default=default)


def _ledger():
    _add(
        "booking_version",
        _given("kind", sa.String, ""),
        _given("also", ARRAY(sa.Text), "{}"),
        _given("minutes", sa.Integer, "0"),
        sa.Column("cards", sa.Integer),
        _moment("booked_at"),
        sa.Column("by_staff", sa.Boolean),
        sa.Column("window", sa.Integer),
        sa.Column("calls", sa.Integer),
        _moment("arrived_at"),
        _moment("called_at"),
        _moment("finished_at"),
    )


def _bookings():
    _add(
        "booking_now",
        _given("booked_on", sa.Date, sa.text("(now() AT TIME ZONE 'Asia/Tokyo'::text)::date")),
        _given("hour", sa.Integer, "0"),
        _given("channel", sa.String, ""),
        sa.Column("outcome", sa.String),
        _given("also", ARRAY(sa.Text), "{}"),
        _given("people", sa.Integer, "1"),
        _given("minutes", sa.Integer, "0"),
        sa.Column("window", sa.Integer),
        sa.Column("wait_seconds", sa.Integer),
        sa.Column("serve_seconds", sa.Integer),
        _given("moves", sa.Integer, "0"),
        _given("moves_by_staff", sa.Integer, "0"),
        sa.Column("cancelled_by_staff", sa.Boolean),
    )


def _closed_months():
    op.create_table(
        "closed_month",
        sa.Column("month", sa.Date, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.String, nullable=False),
        sa.Column("groups", JSONB, nullable=False),
    )

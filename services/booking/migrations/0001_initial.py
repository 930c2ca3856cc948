"""The first schema: the city's time, what is offered, cells, holds, bookings."""

from alembic import op

from libs.common.alembic.messaging import OUTBOX_AND_INBOX

revision = "0001"
down_revision = None

# STABLE and inlined, so that it can be compared with an index and costs nothing. It is the only
# time in SQL; tests replace it as the owner, and production has nothing to shift it with.
CLOCK = """
CREATE FUNCTION clock() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
    RETURN statement_timestamp()
"""

OFFERS = """
CREATE TABLE office (
    office_id text PRIMARY KEY,
    name text NOT NULL,
    kana text NOT NULL,
    address text NOT NULL,
    phone text NOT NULL,
    position integer NOT NULL,
    version integer NOT NULL
);
CREATE TABLE procedure (
    procedure_id text PRIMARY KEY,
    name text NOT NULL,
    plain text NOT NULL,
    person_group text NOT NULL,
    minutes integer NOT NULL,
    needs_card boolean NOT NULL,
    outcomes text[] NOT NULL,
    visitors text[] NOT NULL,
    documents text[] NOT NULL,
    notes text[] NOT NULL,
    opens_days_before integer NOT NULL,
    closes_days_before integer NOT NULL,
    changes_days_before integer NOT NULL,
    position integer NOT NULL,
    version integer NOT NULL
);
CREATE TABLE series (
    series_id text PRIMARY KEY,
    office_id text NOT NULL REFERENCES office,
    procedure_ids text[] NOT NULL,
    weekdays integer[] NOT NULL,
    opens time NOT NULL,
    closes time NOT NULL,
    unit_minutes integer NOT NULL,
    windows integer[] NOT NULL,
    valid_from date NOT NULL,
    valid_until date NOT NULL
);
CREATE INDEX ix_series_office_id ON series (office_id);
CREATE TABLE card (
    card_key text PRIMARY KEY,
    office_id text NOT NULL,
    state text NOT NULL,
    version integer NOT NULL
)
"""

# Room in each page keeps the updates of a cell where they are: none of its indexed columns change.
PLACES = """
CREATE TABLE cell (
    office_id text NOT NULL,
    starts_at timestamptz NOT NULL,
    window_id integer NOT NULL,
    audience text NOT NULL DEFAULT 'public',
    taken_by uuid,
    taken_until timestamptz NOT NULL DEFAULT '-infinity',
    version integer NOT NULL DEFAULT 0,
    PRIMARY KEY (office_id, starts_at, window_id)
) WITH (fillfactor = 70);
CREATE TABLE hold (
    holder uuid PRIMARY KEY,
    office_id text NOT NULL,
    procedure_id text NOT NULL,
    window_id integer NOT NULL,
    starts_at timestamptz NOT NULL,
    cells integer NOT NULL,
    expires_at timestamptz NOT NULL,
    extensions integer NOT NULL DEFAULT 0,
    change_of uuid
);
CREATE TABLE booking (
    booking_id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    procedure_id text NOT NULL,
    person_group text NOT NULL,
    person_key text NOT NULL,
    card_key text,
    birth_digest text NOT NULL,
    kana text,
    contact text,
    office_id text NOT NULL,
    window_id integer NOT NULL,
    starts_at timestamptz NOT NULL,
    minutes integer NOT NULL,
    visitor text NOT NULL,
    channel text NOT NULL,
    language text NOT NULL,
    status text NOT NULL,
    outcome text,
    mail_failed boolean NOT NULL DEFAULT false,
    card_moved boolean NOT NULL DEFAULT false,
    booked_at timestamptz NOT NULL,
    version integer NOT NULL,
    CONSTRAINT booking_status
        CHECK (status IN ('confirmed', 'arrived', 'finished', 'missed', 'cancelled'))
);
CREATE UNIQUE INDEX booking_active_person ON booking (person_key, person_group)
    WHERE status IN ('confirmed', 'arrived');
CREATE INDEX booking_office_day ON booking (office_id, starts_at, booking_id);
CREATE INDEX ix_booking_card_key ON booking (card_key);
CREATE TABLE booking_history (
    booking_id uuid NOT NULL REFERENCES booking,
    version integer NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    what text NOT NULL,
    status text NOT NULL,
    outcome text,
    office_id text NOT NULL,
    window_id integer NOT NULL,
    starts_at timestamptz NOT NULL,
    minutes integer NOT NULL,
    reason text,
    PRIMARY KEY (booking_id, version)
);
CREATE TABLE idempotency_key (
    scope text NOT NULL,
    key text NOT NULL,
    request_digest text NOT NULL,
    reply uuid,
    created_at timestamptz NOT NULL DEFAULT clock(),
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_key_age ON idempotency_key USING brin (created_at)
"""

# After laying out many cells the login role refreshes their statistics: plans depend on them.
# History is written once: the login role may neither change nor delete it.
RIGHTS = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = current_schema()) THEN
        EXECUTE format('GRANT MAINTAIN ON cell TO %I', current_schema());
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON booking_history FROM %I',
                       current_schema());
    END IF;
END $$
"""


def upgrade() -> None:
    for statements in (CLOCK, OFFERS, PLACES):
        for statement in statements.split(";\n"):
            op.execute(statement)
    for statement in (*OUTBOX_AND_INBOX, RIGHTS):
        op.execute(statement)

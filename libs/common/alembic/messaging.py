"""Outbox, inbox and retries as a migration creates them: the same in every service."""

OUTBOX_AND_INBOX = (
    """
    CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        fact_id uuid NOT NULL,
        name text NOT NULL,
        body text NOT NULL,
        mandatory boolean NOT NULL,
        request_id text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        next_at timestamptz NOT NULL DEFAULT now(),
        attempts integer NOT NULL DEFAULT 0,
        sent_at timestamptz
    )
    """,
    "CREATE INDEX outbox_pending ON outbox (id) WHERE sent_at IS NULL",
    "CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL",
    """
    CREATE TABLE inbox (
        message_id uuid PRIMARY KEY,
        received_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX inbox_received ON inbox (received_at)",
    """
    CREATE TABLE inbox_retry (
        message_id uuid PRIMARY KEY,
        name text NOT NULL,
        body text NOT NULL,
        request_id text NOT NULL,
        error text NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        next_at timestamptz NOT NULL,
        dead_at timestamptz
    )
    """,
    "CREATE INDEX inbox_retry_due ON inbox_retry (next_at) WHERE dead_at IS NULL",
)

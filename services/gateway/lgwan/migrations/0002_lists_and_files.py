"""Searches kept by name, and files of lists for an hour."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    """
    CREATE TABLE saved_filter (
        filter_id uuid PRIMARY KEY,
        owner text NOT NULL REFERENCES staff,
        name text NOT NULL,
        query text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT saved_filter_name UNIQUE (owner, name)
    )
    """,
    """
    CREATE TABLE export (
        export_id uuid PRIMARY KEY,
        owner text NOT NULL REFERENCES staff,
        key text NOT NULL,
        kind text NOT NULL,
        query text NOT NULL,
        state text NOT NULL DEFAULT 'making',
        reason text NOT NULL DEFAULT '',
        done_rows integer NOT NULL DEFAULT 0,
        total integer,
        replaced integer NOT NULL DEFAULT 0,
        size bigint NOT NULL DEFAULT 0,
        as_of timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        seen_at timestamptz NOT NULL DEFAULT now(),
        made_at timestamptz,
        CONSTRAINT export_key UNIQUE (owner, key)
    )
    """,
    """
    CREATE TABLE export_part (
        export_id uuid NOT NULL REFERENCES export ON DELETE CASCADE,
        position integer NOT NULL,
        content bytea NOT NULL,
        PRIMARY KEY (export_id, position)
    )
    """,
    # A workbook is packed already, and all of it is soon gone.
    "ALTER TABLE export_part ALTER COLUMN content SET STORAGE EXTERNAL",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

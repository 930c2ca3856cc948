"""Files on their way into the list, undoing the newest import, and who has a booking."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE person ADD COLUMN withdrawn boolean NOT NULL DEFAULT false",
    """
    ALTER TABLE batch ADD COLUMN profile text, ADD COLUMN undone_at timestamptz,
        ADD COLUMN undone_by text
    """,
    """
    CREATE TABLE draft (
        draft_id uuid PRIMARY KEY, sent_by text NOT NULL, key text, digest text,
        file_name text NOT NULL, kind text NOT NULL, offices jsonb NOT NULL, state text NOT NULL,
        size bigint NOT NULL, lines bigint NOT NULL, layout jsonb, preview text, choice jsonb,
        profile text, done bigint NOT NULL, total bigint NOT NULL, counts jsonb, problem jsonb,
        run uuid, leased_until timestamptz, revision bigint, at timestamptz NOT NULL,
        touched_at timestamptz NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX draft_of_form ON draft (sent_by, key)",
    """
    CREATE TABLE draft_chunk (
        draft_id uuid NOT NULL, n integer NOT NULL, sealed bytea NOT NULL, PRIMARY KEY (draft_id, n)
    )
    """,
    # What is sealed does not get smaller: no time is lost with trying.
    "ALTER TABLE draft_chunk ALTER COLUMN sealed SET STORAGE EXTERNAL",
    """
    CREATE TABLE staged_row (
        draft_id uuid NOT NULL, line integer NOT NULL, card_key text NOT NULL, sealed text NOT NULL,
        office_id text NOT NULL, shielded boolean, effect text NOT NULL, fields text[] NOT NULL,
        PRIMARY KEY (draft_id, line)
    )
    """,
    "CREATE UNIQUE INDEX staged_person ON staged_row (draft_id, card_key)",
    """
    CREATE TABLE fault (
        batch_id uuid NOT NULL, line integer NOT NULL, column_name text NOT NULL,
        reason text NOT NULL, PRIMARY KEY (batch_id, line, column_name)
    )
    """,
    """
    CREATE TABLE undo_row (
        batch_id uuid NOT NULL, card_key text NOT NULL, sealed text NOT NULL,
        office_id text NOT NULL, shielded boolean NOT NULL, withdrawn boolean NOT NULL,
        former_batch_id uuid NOT NULL, PRIMARY KEY (batch_id, card_key)
    )
    """,
    """
    CREATE TABLE profile (
        profile_id uuid PRIMARY KEY, name text NOT NULL UNIQUE, choice jsonb NOT NULL,
        made_by text NOT NULL, made_at timestamptz NOT NULL
    )
    """,
    "CREATE TABLE list_revision (single boolean PRIMARY KEY, revision bigint NOT NULL)",
    "INSERT INTO list_revision VALUES (true, 0)",
    """
    CREATE TABLE known_visit (
        booking_id uuid PRIMARY KEY, card_key text, version integer NOT NULL, status text NOT NULL,
        office_id text NOT NULL, starts_at timestamptz NOT NULL, booked_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_known_visit_card_key ON known_visit (card_key)",
    "CREATE TABLE watermark (single boolean PRIMARY KEY, at timestamptz NOT NULL)",
)


def upgrade():
    for statement in STATEMENTS:
        op.execute(statement)

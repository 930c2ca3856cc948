"""The city's own texts of mails, and which test mails were sent of late."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OWN_TEXT = """
CREATE TABLE own_text (
    edition bigint PRIMARY KEY,
    kind text NOT NULL,
    language text NOT NULL,
    procedure_id text NOT NULL,
    office_id text NOT NULL,
    subject text,
    body text,
    changed_by text NOT NULL,
    key text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT own_text_once UNIQUE (changed_by, key)
)
"""
_TRIAL = """
CREATE TABLE trial (
    actor text,
    key text,
    at timestamptz NOT NULL DEFAULT now(),
    reply text NOT NULL,
    PRIMARY KEY (actor, key)
)
"""


def upgrade():
    op.execute(_OWN_TEXT)
    op.execute(
        "CREATE INDEX own_text_place ON own_text (kind, language, procedure_id, office_id, edition)"
    )
    op.execute(_TRIAL)

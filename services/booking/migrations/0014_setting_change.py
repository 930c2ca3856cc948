"""The log of changes of offices and procedures."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE setting_change (
            kind text NOT NULL,
            object_id text NOT NULL,
            version integer NOT NULL,
            at timestamptz NOT NULL DEFAULT clock(),
            actor text NOT NULL,
            changes jsonb NOT NULL DEFAULT '[]',
            PRIMARY KEY (kind, object_id, version)
        )
    """)

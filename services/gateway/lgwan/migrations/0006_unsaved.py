"""What was not saved when a session ended."""

from alembic import op

revision = "0006"
down_revision = "0005"

TABLE = """
CREATE TABLE unsaved (
    owner text NOT NULL REFERENCES staff,
    subject text NOT NULL,
    content text NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner, subject)
)
"""


def upgrade() -> None:
    op.execute(TABLE)

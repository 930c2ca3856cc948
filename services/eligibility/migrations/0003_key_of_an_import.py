"""Who sent a file, under which key of a form: the same form sent again is the same import."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE batch ADD COLUMN sent_by text, ADD COLUMN key text, ADD COLUMN digest text",
    "CREATE UNIQUE INDEX batch_of_form ON batch (sent_by, key)",
)


def upgrade():
    for statement in STATEMENTS:
        op.execute(statement)

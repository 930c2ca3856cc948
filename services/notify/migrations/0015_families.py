"""Which visits belong to one family, so that one mail reminds all of it."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        "ALTER TABLE agenda ADD COLUMN party_id uuid, "
        "ADD COLUMN party_line integer NOT NULL DEFAULT 0, ADD COLUMN relation text"
    )
    op.execute("CREATE INDEX agenda_party ON agenda (party_id) WHERE party_id IS NOT NULL")

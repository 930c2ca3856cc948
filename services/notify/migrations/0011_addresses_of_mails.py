"""Which address a mail is for and until when it is tried; visits whose time is no longer open."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        "ALTER TABLE delivery ADD COLUMN contact_version integer, ADD COLUMN until timestamptz"
    )
    op.execute(
        "ALTER TABLE agenda ADD COLUMN contact_version integer, "
        "ADD COLUMN displaced boolean NOT NULL DEFAULT false"
    )

"""One mail about all who come together."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        "ALTER TABLE delivery ADD COLUMN relation text, "
        "ADD COLUMN party jsonb NOT NULL DEFAULT '[]'"
    )

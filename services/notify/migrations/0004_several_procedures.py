"""Further procedures of a visit, which its mails name beside the first."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE delivery ADD COLUMN also text[] NOT NULL DEFAULT '{}'")

"""来庁日の案内: those of an office, and which of them a mail said."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE office ADD COLUMN guidances jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE delivery ADD COLUMN guidances text[] NOT NULL DEFAULT '{}'")

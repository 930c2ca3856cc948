"""Where offices move to, because mails say the address of the day of the visit."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE office ADD COLUMN later jsonb NOT NULL DEFAULT '[]'")

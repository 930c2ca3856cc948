"""Who comes to a visit, because mails say what these people bring."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE delivery ADD COLUMN visitor text NOT NULL DEFAULT 'self'")
    op.execute("ALTER TABLE procedure ADD COLUMN rules jsonb NOT NULL DEFAULT '[]'")

"""Which request a mail follows from, so that its sending is found with the rest of it."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE delivery ADD COLUMN request_id text NOT NULL DEFAULT '-'")

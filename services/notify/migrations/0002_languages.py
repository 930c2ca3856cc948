"""Mails in the language of the booking; defaults let the release before go on writing."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE delivery ADD COLUMN language text NOT NULL DEFAULT 'ja'")
    op.execute("ALTER TABLE office ADD COLUMN texts jsonb NOT NULL DEFAULT '{}'")
    op.execute("ALTER TABLE procedure ADD COLUMN texts jsonb NOT NULL DEFAULT '{}'")

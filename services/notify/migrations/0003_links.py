"""The link of a mail that opens its booking, sealed until the mail is sent."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE delivery ADD COLUMN link text")

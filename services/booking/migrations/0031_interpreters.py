"""The language in which an interpreter is to speak."""

from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.execute("ALTER TABLE booking ADD COLUMN interpreter text")

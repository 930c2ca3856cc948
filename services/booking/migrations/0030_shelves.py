"""Where a card lies, where the city marks its shelves."""

from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.execute("ALTER TABLE card ADD COLUMN shelf text")

"""The word by which a family tells its numbers apart."""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.execute("ALTER TABLE booking ADD COLUMN relation text")

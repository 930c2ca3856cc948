"""Until how many days before a visit one may change it; none where booking has not said it yet."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("ALTER TABLE procedure ADD COLUMN changes_days_before integer")

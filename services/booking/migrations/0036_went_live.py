"""Since when the service is live, and who approved that: from then on nothing is erased at once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "went_live",
        sa.Column("at", sa.DateTime(timezone=True), primary_key=True, server_default=sa.func.now()),
        sa.Column("approved_by", ARRAY(sa.Text), nullable=False),
        sa.CheckConstraint("cardinality(approved_by) = 2", name="went_live_two"),
    )

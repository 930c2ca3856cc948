"""Help at another office until a day."""

from alembic import op

revision = "0003"
down_revision = "0002"

TABLE = """
CREATE TABLE staff_loan (
    staff_id text NOT NULL REFERENCES staff,
    office_id text NOT NULL,
    until_day date NOT NULL,
    PRIMARY KEY (staff_id, office_id)
)
"""


def upgrade() -> None:
    op.execute(TABLE)

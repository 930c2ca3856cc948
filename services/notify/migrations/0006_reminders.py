"""What is needed for the mail on the day before the visit: the agenda and the watermark."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_AGENDA = """
CREATE TABLE agenda (
    booking_id uuid PRIMARY KEY,
    version integer NOT NULL,
    contact text,
    link text,
    number text NOT NULL,
    office_id text NOT NULL,
    procedure_id text NOT NULL,
    visitor text NOT NULL,
    also text[] NOT NULL,
    language text NOT NULL,
    starts_at timestamptz NOT NULL,
    settled_at timestamptz NOT NULL
)
"""
_WATERMARK = "CREATE TABLE watermark (service text PRIMARY KEY, at timestamptz NOT NULL)"


def upgrade():
    op.execute(_AGENDA)
    op.execute("CREATE INDEX agenda_due ON agenda (starts_at) WHERE contact IS NOT NULL")
    op.execute(_WATERMARK)

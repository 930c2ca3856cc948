"""Staff accounts, their sessions, wrong sign-ins and the operation log."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LOGIN_ROLE = "gateway"


def _moment(name: str, default: bool = True) -> sa.Column:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        nullable=False,
        server_default=sa.func.now() if default else None,
    )


def upgrade() -> None:
    _accounts()
    _attempts()
    _operation_log()


def _accounts() -> None:
    op.create_table(
        "staff",
        sa.Column("staff_id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("rights", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("offices", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        _moment("created_at"),
    )
    op.create_table(
        "staff_session",
        sa.Column("session_id", sa.Text, primary_key=True),
        sa.Column("staff_id", sa.Text, sa.ForeignKey("staff.staff_id"), nullable=False),
        sa.Column("csrf_secret", sa.Text, nullable=False),
        _moment("created_at"),
        _moment("last_seen_at"),
        _moment("expires_at", default=False),
    )
    op.create_index("ix_staff_session_staff_id", "staff_session", ["staff_id"])
    op.create_index("ix_staff_session_expires_at", "staff_session", ["expires_at"])


def _attempts() -> None:
    op.create_table(
        "sign_in_attempt",
        sa.Column("id_digest", sa.Text, primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        _moment("last_at", default=False),
    )
    op.create_index("ix_sign_in_attempt_last_at", "sign_in_attempt", ["last_at"])


def _operation_log() -> None:
    op.create_table(
        "operation",
        sa.Column("operation_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        _moment("at"),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("object_kind", sa.Text, nullable=False),
        sa.Column("object_id", sa.Text, nullable=False),
        sa.Column("office_id", sa.Text, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
    )
    op.create_index("ix_operation_at", "operation", ["at"])
    # Default privileges give the login role everything; what happened stays as it was written.
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON operation FROM {LOGIN_ROLE}")


def downgrade() -> None:
    for table in ("operation", "sign_in_attempt", "staff_session", "staff"):
        op.drop_table(table)

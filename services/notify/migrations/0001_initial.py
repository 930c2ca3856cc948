"""Deliveries, what mails say of offices and procedures, outbox and inbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    _deliveries()
    _projections()
    _outbox()
    _inbox()


def _moment(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": False, **options})


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _deliveries():
    op.create_table(
        "delivery",
        sa.Column("booking_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        _text("kind", primary_key=True),
        _text("contact", nullable=True),
        _text("number"),
        _text("office_id"),
        _text("procedure_id"),
        _moment("starts_at"),
        _moment("previous_starts_at", nullable=True),
        _text("state"),
        sa.Column("attempts", sa.Integer, nullable=False),
        _moment("next_at", server_default=sa.func.now()),
        _text("last_reply", nullable=True),
        _moment("created_at", server_default=sa.func.now()),
        _moment("finished_at", nullable=True),
    )
    waiting = "state = 'waiting'"
    op.create_index("delivery_due", "delivery", ["next_at"], postgresql_where=waiting)


def _projections():
    op.create_table(
        "office",
        _text("office_id", primary_key=True),
        _text("name"),
        _text("address"),
        _text("phone"),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "procedure",
        _text("procedure_id", primary_key=True),
        _text("name"),
        sa.Column("documents", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("notes", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _outbox():
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("fact_id", sa.Uuid, nullable=False),
        _text("name"),
        _text("body"),
        sa.Column("mandatory", sa.Boolean, nullable=False),
        _text("request_id"),
        _moment("created_at", server_default=sa.func.now()),
        _moment("next_at", server_default=sa.func.now()),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        _moment("sent_at", nullable=True),
    )
    op.create_index("outbox_pending", "outbox", ["id"], postgresql_where="sent_at IS NULL")
    op.create_index("outbox_sent", "outbox", ["sent_at"], postgresql_where="sent_at IS NOT NULL")


def _inbox():
    op.create_table(
        "inbox",
        sa.Column("message_id", sa.Uuid, primary_key=True),
        _moment("received_at", server_default=sa.func.now()),
    )
    op.create_index("inbox_received", "inbox", ["received_at"])
    op.create_table(
        "inbox_retry",
        sa.Column("message_id", sa.Uuid, primary_key=True),
        _text("name"),
        _text("body"),
        _text("request_id"),
        _text("error"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        _moment("next_at"),
        _moment("dead_at", nullable=True),
    )
    op.create_index(
        "inbox_retry_due", "inbox_retry", ["next_at"], postgresql_where="dead_at IS NULL"
    )

"""Deliveries, what mails say of offices and procedures, outbox and inbox."""

import sqlalchemy as sa
from alembic import op

from libs.common.alembic.messaging import OUTBOX_AND_INBOX

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    _deliveries()
    _projections()
    for statement in OUTBOX_AND_INBOX:
        op.execute(statement)


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

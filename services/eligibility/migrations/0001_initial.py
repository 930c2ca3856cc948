"""Persons, imports, wrong tries, pickups, known offices, and the boxes of facts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    _persons()
    _tries_and_pickups()
    _outbox()
    _inbox()


def _moment(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": False, **options})


def _persons():
    op.create_table(
        "person",
        sa.Column("card_key", sa.Text, primary_key=True),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("office_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("first_batch_id", sa.Uuid, nullable=False),
        sa.Column("batch_id", sa.Uuid, nullable=False),
        _moment("updated_at"),
        sa.CheckConstraint("state IN ('ready', 'collected')", name="person_state"),
    )
    op.create_table(
        "batch",
        sa.Column("batch_id", sa.Uuid, primary_key=True),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("encoding", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("added", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("unchanged", sa.Integer, nullable=False),
        sa.Column("rejected", sa.Integer, nullable=False),
        sa.Column("errors", JSONB, nullable=False),
        _moment("at"),
    )
    op.create_index("batch_at", "batch", ["at"])
    op.create_table(
        "known_office",
        sa.Column("office_id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _tries_and_pickups():
    op.create_table(
        "wrong_try",
        sa.Column("card_key", sa.Text, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
    )
    op.create_index("ix_wrong_try_day", "wrong_try", ["day"])
    op.create_table(
        "pickup",
        sa.Column("booking_id", sa.Uuid, primary_key=True),
        sa.Column("card_key", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("collected", sa.Boolean, nullable=False),
    )
    op.create_index("ix_pickup_card_key", "pickup", ["card_key"])


def _outbox():
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("fact_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("mandatory", sa.Boolean, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
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
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        _moment("next_at"),
        _moment("dead_at", nullable=True),
    )
    op.create_index(
        "inbox_retry_due", "inbox_retry", ["next_at"], postgresql_where="dead_at IS NULL"
    )

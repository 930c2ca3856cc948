"""Persons, imports, wrong tries, pickups, known offices, and the boxes of facts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from libs.common.alembic.messaging import OUTBOX_AND_INBOX

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    _persons()
    _tries_and_pickups()
    for statement in OUTBOX_AND_INBOX:
        op.execute(statement)


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

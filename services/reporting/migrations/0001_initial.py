"""The ledger of booking versions, mails and cards, and the names to show beside the counts."""

import sqlalchemy as sa
from alembic import op

from libs.common.alembic.messaging import OUTBOX_AND_INBOX

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    _bookings()
    _mails_and_cards()
    _names()
    for statement in OUTBOX_AND_INBOX:
        op.execute(statement)


def _moment(name):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _bookings():
    op.create_table(
        "booking_version",
        sa.Column("booking_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("office_id", sa.String, nullable=False),
        sa.Column("procedure_id", sa.String, nullable=False),
        _moment("starts_at"),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("outcome", sa.String),
        _moment("at"),
    )
    op.create_table(
        "booking_now",
        sa.Column("booking_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("office_id", sa.String, nullable=False),
        sa.Column("procedure_id", sa.String, nullable=False),
        sa.Column("standing", sa.String, nullable=False),
        _moment("at"),
    )
    op.create_index("booking_now_day", "booking_now", ["day", "office_id"])


def _mails_and_cards():
    op.create_table(
        "mail",
        sa.Column("booking_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("office_id", sa.String, nullable=False),
        sa.Column("sent", sa.Boolean, nullable=False),
        _moment("at"),
    )
    op.create_index("mail_day", "mail", ["day", "office_id"])
    op.create_table(
        "card",
        sa.Column("card_key", sa.String, primary_key=True),
        sa.Column("office_id", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _names():
    op.create_table(
        "office",
        sa.Column("office_id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "procedure",
        sa.Column("procedure_id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )

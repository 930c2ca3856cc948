"""Whoever sets everything about procedures sets their deadlines too: a right of its own by now."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("""
        UPDATE staff SET rights = array_append(rights, 'deadlines.edit')
        WHERE 'settings.edit' = ANY (rights) AND NOT 'deadlines.edit' = ANY (rights)
    """)

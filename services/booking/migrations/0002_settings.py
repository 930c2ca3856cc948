"""What procedures ask for, who may come, and the words of an offer in other languages.

Every column has a default, so that the release before this one goes on writing.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    "ALTER TABLE office ADD COLUMN texts jsonb NOT NULL DEFAULT '{}'",
    """
    ALTER TABLE procedure
        ADD COLUMN rules jsonb NOT NULL DEFAULT '[]',
        ADD COLUMN any_office boolean NOT NULL DEFAULT false,
        ADD COLUMN email text NOT NULL DEFAULT 'optional',
        ADD COLUMN phone text NOT NULL DEFAULT 'off',
        ADD COLUMN asks_needs boolean NOT NULL DEFAULT true,
        ADD COLUMN asks_inquiry boolean NOT NULL DEFAULT false,
        ADD COLUMN asks_cards boolean NOT NULL DEFAULT false,
        ADD COLUMN joins text NOT NULL DEFAULT 'sum',
        ADD COLUMN party_limit integer NOT NULL DEFAULT 4,
        ADD COLUMN online text NOT NULL DEFAULT 'open',
        ADD COLUMN texts jsonb NOT NULL DEFAULT '{}'
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

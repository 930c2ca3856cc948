"""Texts of mails for one series, and which series a visit comes from."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE office ADD COLUMN series text[] NOT NULL DEFAULT '{}'")
    op.execute("ALTER TABLE delivery ADD COLUMN series_id text")
    op.execute("ALTER TABLE agenda ADD COLUMN series_id text")
    op.execute("ALTER TABLE own_text ADD COLUMN series_id text NOT NULL DEFAULT ''")
    op.execute("DROP INDEX own_text_place")
    op.execute(
        "CREATE INDEX own_text_place ON own_text "
        "(kind, language, procedure_id, office_id, series_id, edition)"
    )

"""来庁日の案内, each state of it a row of its own."""

from alembic import op

revision = "0028"
down_revision = "0027"

STATEMENTS = (
    """
    CREATE TABLE guidance (
        guidance_id uuid NOT NULL,
        version integer NOT NULL,
        office_ids text[] NOT NULL,
        from_day date NOT NULL,
        until_day date NOT NULL,
        weekdays integer[] NOT NULL DEFAULT '{}',
        holidays boolean NOT NULL DEFAULT false,
        texts jsonb NOT NULL DEFAULT '{}',
        ended boolean NOT NULL DEFAULT false,
        actor text NOT NULL,
        at timestamptz NOT NULL DEFAULT clock(),
        PRIMARY KEY (guidance_id, version)
    )
    """,
    """
    DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = current_schema()) THEN
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON guidance FROM %I',
                           current_schema());
        END IF;
    END $$
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

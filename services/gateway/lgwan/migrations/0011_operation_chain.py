"""The chain over the operation log, and the one way in which its rows are erased."""

from alembic import op

revision = "0011"
down_revision = "0010"

LOGIN_ROLE = "gateway"
STATEMENTS = (
    """
    UPDATE staff SET rights = array_append(rights, 'log.read')
    WHERE 'staff.manage' = ANY (rights)
    """,
    "ALTER TABLE operation ADD salt uuid NOT NULL DEFAULT gen_random_uuid()",
    "CREATE INDEX operation_actor ON operation (actor, operation_id)",
    "CREATE INDEX operation_object ON operation (object_id, operation_id)",
    """
    CREATE TABLE operation_link (
        number bigint PRIMARY KEY,
        operation_id bigint NOT NULL UNIQUE,
        at timestamptz NOT NULL,
        digest bytea NOT NULL,
        mac bytea NOT NULL
    )
    """,
    """
    CREATE TABLE operation_head (
        number bigint PRIMARY KEY,
        mac bytea NOT NULL,
        at timestamptz NOT NULL DEFAULT now()
    )
    """,
    f"REVOKE UPDATE, DELETE, TRUNCATE ON operation_link, operation_head FROM {LOGIN_ROLE}",
    # The login role may only add to the log. What this erases is found by the check of the chain,
    # unless a row signed with the door's key names it.
    """
    CREATE FUNCTION erase_operations(first bigint, last bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = gateway AS $$
        DELETE FROM operation o USING operation_link l
        WHERE l.operation_id = o.operation_id AND l.number BETWEEN first AND last
    $$
    """,
    "REVOKE ALL ON FUNCTION erase_operations FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION erase_operations TO {LOGIN_ROLE}",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)

"""Makes the audit trail, append-only, and enters into it what the log held before there was one."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from nights.log.audit import SOFTWARE, Change, record
from nights.log.audit.chain import GENESIS
from nights.log.audit.contents import all_nights
from nights.log.schema import ADDED_TO_NIGHT

revision = "0003"
down_revision = "0002"

REFUSAL = "the audit trail is append-only"


def upgrade() -> None:
    """Make the tables and their triggers, and the first entries."""
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("before", sa.JSON()),
        sa.Column("after", sa.JSON()),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
    )
    connection = op.get_bind()
    connection.execute(sa.insert(head).values(id=1, number=0, hash=GENESIS))
    _refuse_changes(connection)
    why = "was in the log before there was an audit trail"
    changes = [
        Change(kind="night", key=key, before=None, after={"digest": digest}, why=why)
        for key, digest in all_nights(connection, ADDED_TO_NIGHT)
    ]
    record(connection, SOFTWARE, datetime.now(UTC), changes)


def downgrade() -> None:
    """Drop the trail: what it said is lost. Export it first."""
    op.drop_table("audit")
    op.drop_table("audit_head")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_change()")


def _refuse_changes(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )

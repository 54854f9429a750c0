"""Makes the table sensor."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sensor",
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("participant", sa.String(), nullable=False),
        sa.Column("leg", sa.String(1), nullable=False),
        sa.Column("serial", sa.String()),
        sa.Column("bound_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("uri", name="pk_sensor"),
        sa.CheckConstraint("leg IN ('L', 'R')", name=op.f("ck_sensor_leg_known")),
    )


def downgrade() -> None:
    """Drop the table: sensors have to be bound again."""
    op.drop_table("sensor")

"""Makes the tables night, episode and gap."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _make_night()
    op.create_table(
        "episode",
        sa.Column("night_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("onset_s", sa.Float(), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("probability_cramp", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("night_id", "number", name="pk_episode"),
        sa.ForeignKeyConstraint(["night_id"], ["night.id"], name="fk_episode_night_id_night"),
    )
    op.create_table(
        "gap",
        sa.Column("night_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("onset_s", sa.Float(), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("night_id", "number", name="pk_gap"),
        sa.ForeignKeyConstraint(["night_id"], ["night.id"], name="fk_gap_night_id_night"),
    )


def downgrade() -> None:
    """Drop the tables with all that they hold."""
    op.drop_table("gap")
    op.drop_table("episode")
    op.drop_table("night")


def _make_night() -> None:
    op.create_table(
        "night",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant", sa.String(), nullable=False),
        sa.Column("leg", sa.String()),
        sa.Column("muscle", sa.String()),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("night", sa.Date()),
        sa.Column("start_local", sa.String()),
        sa.Column("zone", sa.String()),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("recording_sha256", sa.String(), nullable=False),
        sa.Column("monitored_s", sa.Float(), nullable=False),
        sa.Column("usable_s", sa.Float(), nullable=False),
        sa.Column("lost_s", sa.JSON(), nullable=False),
        sa.Column("cramp_count", sa.Integer()),
        sa.Column("missing", sa.String()),
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.Column("n_candidates", sa.Integer(), nullable=False),
        sa.Column("n_periodic", sa.Integer(), nullable=False),
        sa.Column("n_series", sa.Integer(), nullable=False),
        sa.Column("has_acceleration", sa.Boolean(), nullable=False),
        sa.Column("fs_hz", sa.Float(), nullable=False),
        sa.Column("software", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("profile_hash", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("config_hash", sa.String(), nullable=False),
        sa.Column("scored_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_night"),
        sa.UniqueConstraint(
            *("recording_sha256", "channel", "participant", "software", "profile_hash", "model", "config_hash"),
            name=op.f("uq_night_same_result"),
        ),
        sa.CheckConstraint("(cramp_count IS NULL) = (missing IS NOT NULL)", name=op.f("ck_night_count_or_missing")),
        sa.CheckConstraint("cramp_count >= 0", name=op.f("ck_night_count_not_negative")),
    )
    op.create_index("ix_night_participant", "night", ["participant"])
    op.create_index("ix_night_night", "night", ["night"])

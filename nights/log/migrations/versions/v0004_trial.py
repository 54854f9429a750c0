"""Makes the tables of a trial: diary, packet, reading, version, version_night, study_lock."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = ("study_lock", "version_night", "version", "reading", "packet", "diary")


def upgrade() -> None:
    """Make the tables."""
    _make_diary()
    _make_review()
    _make_versions()


def downgrade() -> None:
    """Drop the tables with all that they hold."""
    for table in TABLES:
        op.drop_table(table)


def _make_diary() -> None:
    op.create_table(
        "diary",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study", sa.String(), nullable=False),
        sa.Column("participant", sa.String(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("cramps", sa.Integer(), nullable=False),
        sa.Column("times_local", sa.JSON(), nullable=False),
        sa.Column("severity", sa.Float()),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_diary"),
        sa.UniqueConstraint("study", "participant", "night", name=op.f("uq_diary_one_entry")),
        sa.CheckConstraint("cramps >= 0", name=op.f("ck_diary_count_not_negative")),
    )
    op.create_index("ix_diary_study", "diary", ["study"])


def _make_review() -> None:
    op.create_table(
        "packet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("night_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_packet"),
        sa.UniqueConstraint("study", "night_id", "number", name=op.f("uq_packet_one_packet")),
        sa.UniqueConstraint("study", "code", name=op.f("uq_packet_one_code")),
        sa.ForeignKeyConstraint(["night_id"], ["night.id"], name="fk_packet_night_id_night"),
    )
    op.create_index("ix_packet_study", "packet", ["study"])
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("read_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reading"),
        sa.UniqueConstraint("packet_id", "reader", name=op.f("uq_reading_one_reading")),
        sa.ForeignKeyConstraint(["packet_id"], ["packet.id"], name="fk_reading_packet_id_packet"),
    )


def _make_versions() -> None:
    op.create_table(
        "version",
        sa.Column("study", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("profile_hash", sa.String(), nullable=False),
        sa.Column("software", sa.String(), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("study", "number", name="pk_version"),
    )
    op.create_table(
        "version_night",
        sa.Column("study", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("recording", sa.String(), nullable=False),
        sa.Column("night_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("study", "number", "recording", name="pk_version_night"),
        sa.ForeignKeyConstraint(["study", "number"], ["version.study", "version.number"], name=op.f("version")),
        sa.ForeignKeyConstraint(["night_id"], ["night.id"], name="fk_version_night_night_id_night"),
    )
    op.create_table(
        "study_lock",
        sa.Column("study", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("locked_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("study", "number", name="pk_study_lock"),
    )

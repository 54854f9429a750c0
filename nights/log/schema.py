"""The tables of the nightly log; docs/glossary.md defines every column.

A change here needs a migration in nights/log/migrations/versions and its number in `REVISION`.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

REVISION = "0005"
"""The migration that makes the tables as they stand here."""

VERSION_TABLE = "crampwatch_version"

ADDED_TO_NIGHT = ("battery_start_share", "battery_end_share", "battery_start_v", "battery_end_v")
"""Columns of `night` that are younger than the audit trail: null in every older row, and then not in its digest."""

SAME_RESULT = (
    "recording_sha256",
    "channel",
    "participant",
    "software",
    "profile_hash",
    "model",
    "config_hash",
)
"""Two results that agree in these are the same result; none of them can be null, as a null equals nothing."""


def as_utc(moment: datetime) -> datetime:
    """Return a moment in UTC; ValueError where it does not say its zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no zone; give an aware time such as datetime.now(UTC)")
    return moment.astimezone(UTC)


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment, kept as ISO text in UTC, which sorts in order of time and reads alike in any database."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write a moment; ValueError where it does not say its zone."""
        del dialect  # the text is the same for all
        return None if value is None else as_utc(value).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read a moment, aware, in UTC."""
        del dialect
        return None if value is None else datetime.fromisoformat(value)


class Base(DeclarativeBase):
    """The tables, with names for all constraints, so that a migration can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
            "uq": "uq_%(table_name)s_%(constraint_name)s",
        }
    )


class Night(Base):
    """One result: one leg in one night, by one profile, model, configuration and software."""

    __tablename__ = "night"
    __table_args__ = (
        UniqueConstraint(*SAME_RESULT, name="same_result"),
        CheckConstraint("(cramp_count IS NULL) = (missing IS NOT NULL)", name="count_or_missing"),
        CheckConstraint("cramp_count >= 0", name="count_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant: Mapped[str] = mapped_column(String, index=True)
    leg: Mapped[str | None] = mapped_column(String)
    muscle: Mapped[str | None] = mapped_column(String)
    channel: Mapped[str] = mapped_column(String)
    night: Mapped[date | None] = mapped_column(index=True)
    start_local: Mapped[str | None] = mapped_column(String)
    zone: Mapped[str | None] = mapped_column(String)
    file: Mapped[str] = mapped_column(String)
    recording_sha256: Mapped[str] = mapped_column(String)
    monitored_s: Mapped[float] = mapped_column(Float)
    usable_s: Mapped[float] = mapped_column(Float)
    lost_s: Mapped[dict[str, float]] = mapped_column(JSON)
    cramp_count: Mapped[int | None]
    missing: Mapped[str | None] = mapped_column(String)
    valid: Mapped[bool]
    n_candidates: Mapped[int]
    n_periodic: Mapped[int]
    n_series: Mapped[int]
    has_acceleration: Mapped[bool]
    fs_hz: Mapped[float] = mapped_column(Float)
    software: Mapped[str] = mapped_column(String)
    profile: Mapped[str] = mapped_column(String)
    profile_hash: Mapped[str] = mapped_column(String)
    model: Mapped[str] = mapped_column(String)
    config_hash: Mapped[str] = mapped_column(String)
    scored_at: Mapped[datetime] = mapped_column(UtcMoment)
    battery_start_share: Mapped[float | None] = mapped_column(Float)
    battery_end_share: Mapped[float | None] = mapped_column(Float)
    battery_start_v: Mapped[float | None] = mapped_column(Float)
    battery_end_v: Mapped[float | None] = mapped_column(Float)


class EpisodeOfNight(Base):
    """One episode of a night, counted from 1 in order of onset."""

    __tablename__ = "episode"

    night_id: Mapped[int] = mapped_column(ForeignKey("night.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    onset_s: Mapped[float] = mapped_column(Float)
    duration_s: Mapped[float] = mapped_column(Float)
    label: Mapped[str] = mapped_column(String)
    probability: Mapped[float] = mapped_column(Float)
    probability_cramp: Mapped[float] = mapped_column(Float)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    features: Mapped[dict[str, float | None]] = mapped_column(JSON)


class GapOfNight(Base):
    """One stretch of a night that was lost, counted from 1 in order of time."""

    __tablename__ = "gap"

    night_id: Mapped[int] = mapped_column(ForeignKey("night.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    onset_s: Mapped[float] = mapped_column(Float)
    duration_s: Mapped[float] = mapped_column(Float)
    reason: Mapped[str] = mapped_column(String)


class BoundSensor(Base):
    """A sensor and the participant and leg whose it is."""

    __tablename__ = "sensor"
    __table_args__ = (CheckConstraint("leg IN ('L', 'R')", name="leg_known"),)

    uri: Mapped[str] = mapped_column(String, primary_key=True)
    participant: Mapped[str] = mapped_column(String)
    leg: Mapped[str] = mapped_column(String(1))
    serial: Mapped[str | None] = mapped_column(String)
    bound_at: Mapped[datetime] = mapped_column(UtcMoment)


class DiaryEntry(Base):
    """What a participant wrote of one night: how many cramps were felt. A night that was left out has no entry."""

    __tablename__ = "diary"
    __table_args__ = (
        UniqueConstraint("study", "participant", "night", name="one_entry"),
        CheckConstraint("cramps >= 0", name="count_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    study: Mapped[str] = mapped_column(String, index=True)
    participant: Mapped[str] = mapped_column(String)
    night: Mapped[date]
    cramps: Mapped[int]
    times_local: Mapped[list[str]] = mapped_column(JSON)
    severity: Mapped[float | None] = mapped_column(Float)
    source: Mapped[str] = mapped_column(String)
    line: Mapped[int]


class Packet(Base):
    """One episode to be read blind: readers know it by its code alone."""

    __tablename__ = "packet"
    __table_args__ = (
        UniqueConstraint("study", "night_id", "number", name="one_packet"),
        UniqueConstraint("study", "code", name="one_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    study: Mapped[str] = mapped_column(String, index=True)
    code: Mapped[str] = mapped_column(String)
    night_id: Mapped[int] = mapped_column(ForeignKey("night.id"))
    number: Mapped[int]


class Reading(Base):
    """What one reader called one packet; a reader reads a packet once."""

    __tablename__ = "reading"
    __table_args__ = (UniqueConstraint("packet_id", "reader", name="one_reading"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.id"))
    reader: Mapped[str] = mapped_column(String)
    label: Mapped[str] = mapped_column(String)
    comment: Mapped[str] = mapped_column(String)
    read_at: Mapped[datetime] = mapped_column(UtcMoment)


class StudyVersion(Base):
    """One scoring of a whole study by one profile; a later one never replaces an earlier one."""

    __tablename__ = "version"

    study: Mapped[str] = mapped_column(String, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    profile: Mapped[str] = mapped_column(String)
    profile_hash: Mapped[str] = mapped_column(String)
    software: Mapped[str] = mapped_column(String)
    made_at: Mapped[datetime] = mapped_column(UtcMoment)


class VersionNight(Base):
    """A result that belongs to a version of a study, by the recording that it comes from."""

    __tablename__ = "version_night"
    __table_args__ = (
        ForeignKeyConstraint(["study", "number"], ["version.study", "version.number"], name="version"),
    )

    study: Mapped[str] = mapped_column(String, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    recording: Mapped[str] = mapped_column(String, primary_key=True)
    night_id: Mapped[int] = mapped_column(ForeignKey("night.id"))


class StudyLock(Base):
    """A frozen study: what it consists of, and the signature over that."""

    __tablename__ = "study_lock"

    study: Mapped[str] = mapped_column(String, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    manifest: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String)
    public_key: Mapped[str] = mapped_column(String)
    locked_at: Mapped[datetime] = mapped_column(UtcMoment)


class AuditEntry(Base):
    """One entry of the audit trail; triggers refuse to change or delete it."""

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcMoment)
    actor: Mapped[str] = mapped_column(String)
    role: Mapped[str] = mapped_column(String)
    kind: Mapped[str] = mapped_column(String)
    key: Mapped[str] = mapped_column(String)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    why: Mapped[str] = mapped_column(String)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The end of the audit trail, in one row, which lets one writer through at a time."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))

"""The nightly log: every result of every night in one database, SQLite by default."""

from nights.log.database import DATABASE_VARIABLE, default_url
from nights.log.errors import LogError
from nights.log.log import Added, NightLog
from nights.log.rows import EpisodeRow, GapRow, NightRow
from nights.log.sensors import Binding, SensorRegister

__all__ = [
    "DATABASE_VARIABLE",
    "Added",
    "Binding",
    "EpisodeRow",
    "GapRow",
    "LogError",
    "NightLog",
    "NightRow",
    "SensorRegister",
    "default_url",
]

"""What all sensors of one monitor share."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from crampwatch.monitoring.finishing import Finisher
from crampwatch.monitoring.journal import Line
from crampwatch.monitoring.notices import Notices
from crampwatch.monitoring.settings import MonitorSettings
from firmware_bridge.host_clock import HostClock
from models import Profile
from signals import night_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Clock, place, profile, folders, and who is told; `shown` takes each event as a line of text."""

    clock: HostClock
    zone: ZoneInfo
    profile: Profile
    out: Path
    db: str
    settings: MonitorSettings
    finisher: Finisher
    notices: Notices
    notify_flags: bool
    shown: Line

    def tonight(self) -> date:
        """Return the evening's date of the night that it is now."""
        return night_of(self.local())

    def local(self) -> datetime:
        """Return the time at the bedside."""
        return self.clock.utc().astimezone(self.zone)

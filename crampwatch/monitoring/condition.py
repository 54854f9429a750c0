"""What is known of one sensor, kept up to date by what the bridge says."""

from datetime import datetime

from crampwatch.monitoring.health import Facts
from crampwatch.monitoring.watched_night import WatchedNight
from firmware_bridge.events import LinkDown
from firmware_bridge.readings import Setup, Status


class Condition:
    """The last word on link, samples and battery; times are the bridge's monotonic clock."""

    def __init__(self, now_s: float) -> None:
        self.setup: Setup | None = None
        self.status: Status | None = None
        self.refused: str | None = None
        """What somebody has to do before the sensor can be used."""
        self.failed: str | None = None
        """An error of the program."""
        self._down: str | None = "not reached yet"
        self.samples_s = now_s
        """When samples came last."""

    def opened(self, setup: Setup) -> None:
        """Note that there is a link; whether samples come by it is another question."""
        self.setup, self._down, self.refused = setup, None, None

    def link_down(self, event: LinkDown) -> None:
        """Note that there is no link."""
        self._down = event.cause

    def samples_came(self, now_s: float) -> None:
        """Note that samples came."""
        self.samples_s, self.failed = now_s, None

    @property
    def linked(self) -> bool:
        """Whether there is a link."""
        return self._down is None

    @property
    def link(self) -> str:
        """The link in a word or two."""
        return "up" if self._down is None else f"down: {self._down}"

    def facts(self, now_s: float, utc: datetime, night: WatchedNight | None, log_trouble: str | None) -> Facts:
        """Return all that is known now; of the night, where one has begun. `log_trouble` is of the night's log."""
        glance = night.glance() if night else None
        recorder = night.recorder if night else None
        return Facts(
            utc=utc,
            refused=self.refused,
            failed=self.failed,
            link_down=self._down,
            silent_s=now_s - self.samples_s,
            storing=(recorder.trouble if recorder else None) or log_trouble,
            unsaved_s=recorder.unsaved_s if recorder else 0.0,
            disk_free_mb=recorder.free_mb if recorder else None,
            unusable=glance.unusable if glance else None,
            unusable_s=glance.unusable_s if glance else 0.0,
            battery_percent=self.status.battery_percent if self.status else None,
            behind_s=night.behind_s if night else 0.0,
        )

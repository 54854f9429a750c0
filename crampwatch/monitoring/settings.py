"""Every threshold of the monitor, with its reason; none of them can change a count."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorSettings:
    """When the monitor warns, when it calls a fault, and how it paces itself.

    A WARNING is what may pass by itself or can wait until morning, a FAULT what loses the night unless somebody
    acts. Times are those of the night (a made-up one may go faster than the clock on the wall) unless said
    otherwise.
    """

    commit_s: float = 0.25
    """Stored samples are committed so often; the promise is one second, the rest is for a slow disk."""
    silent_warning_s: float = 5.0
    """A sensor sends several frames a second; a body that lies on the antenna seldom stops them for longer."""
    silent_fault_s: float = 120.0
    """The sensor keeps ten minutes or more: whoever is woken now still saves everything."""
    lead_off_warning_s: float = 30.0
    """Turning over pulls at an electrode for seconds; this is longer."""
    lead_off_fault_s: float = 300.0
    """After five minutes the electrode does not come back by itself."""
    floor_warning_s: float = 120.0
    """Thirty quiet seconds make a floor; two minutes without one mean that the leg is in use."""
    floor_fault_s: float = 1800.0
    """Half an hour without any rest is no sleeper: hum, a loose electrode, or the sensor on the wrong place."""
    battery_warning_percent: int = 35
    """A night takes 15 to 40 % of a full battery, so this may not last until morning."""
    battery_fault_percent: int = 10
    """Below this sensors switch off without warning."""
    behind_s: float = 3.0
    """Streams come in turns; beyond that something is missing and asked for again."""
    catch_up_s: float = 60.0
    """Before a night is ended by hand it may wait so long for samples that are on their way."""
    behind_warning_s: float = 30.0
    """Live detection waits for samples that are asked for again; short waits are everyday."""
    behind_fault_s: float = 900.0
    """No sensor is asked for samples for so long: something hangs."""
    disk_warning_mb: float = 500.0
    """Five nights of one sensor at 1 kHz."""
    disk_stuck_s: float = 10.0
    """A commit that takes longer is a disk that does not take anything (wall clock)."""
    disk_retry_s: float = 5.0
    """A disk that refused is tried again so often: each try packs all that waits anew (wall clock)."""
    memory_mb: float = 32.0
    """Counts that may wait in memory, per sensor, while the disk takes nothing: about two hours at 1 kHz."""
    clock_not_before: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    """A small computer without a battery starts in the past until the network tells it the time."""
    heartbeat_s: float = 5.0
    """The sign of life for the companion is written so often (wall clock)."""
    heartbeat_stale_s: float = 60.0
    """The companion raises the alarm when the sign of life is older (wall clock)."""
    restart_s: float = 10.0
    """A sensor's part that failed by a programming error starts again after this."""

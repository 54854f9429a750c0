"""The second process: it reads the monitor's sign of life and raises the alarm when that grows old."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from crampwatch.monitoring.heartbeat import Heartbeat, now_s
from crampwatch.monitoring.systemd import tell_systemd
from crampwatch.telling import length

LOOK_S = 1.0
REMIND_S = 600.0

Alarm = Callable[[str, str], None]
"""Called with a title and what to say."""


def verdict(beat: Heartbeat | None, at_s: float, stale_s: float) -> str | None:
    """Return what is wrong with a monitor whose last sign of life is `beat`; None where nothing is."""
    if beat is None:
        return "there is no sign of a monitor: it was never started here, or cannot write"
    if beat.ended:
        return None
    age_s = at_s - beat.at_s
    if age_s < 0:
        return "the computer was started again, and the monitor was not"
    if age_s <= stale_s:
        return None
    return (
        f"THE MONITOR IS SILENT for {length(age_s)} (process {beat.pid}); nothing is recorded or counted. "
        f"It last said: {beat.state}, {beat.words}"
    )


def watch(path: Path, stale_s: float, alarm: Alarm) -> Iterator[str]:
    """Watch a sign of life for ever; calls `alarm` and gives the words when it goes stale and when it is back.

    The alarm is repeated every ten minutes. A start of watching before the monitor's is given `stale_s`.
    """
    began_s, alarmed_s = now_s(), None
    tell_systemd("READY=1")
    while True:
        wrong = verdict(Heartbeat.read(path), now_s(), stale_s)
        if wrong is not None and now_s() - began_s > stale_s:
            if alarmed_s is None or now_s() - alarmed_s >= REMIND_S:
                alarmed_s = now_s()
                alarm("CrampWatch: ALARM", wrong)
                yield wrong
        elif wrong is None and alarmed_s is not None:
            alarmed_s = None
            alarm("CrampWatch: OK", "the monitor is alive again")
            yield "the monitor is alive again"
        tell_systemd("WATCHDOG=1")
        time.sleep(LOOK_S)

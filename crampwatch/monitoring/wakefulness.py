"""Keeping the computer awake, and noticing when it slept all the same."""

import shutil
import subprocess
import time

INHIBIT = "systemd-inhibit"
GRACE_S = 0.5


class Inhibitor:
    """Keeps the computer from suspending as long as this process lives; `refused` says why that is not possible.

    `systemd-inhibit` holds the lock while `cat` waits for the end of a pipe whose other end is ours, so that the
    lock goes with us however we end.
    """

    def __init__(self) -> None:
        self.refused: str | None = None
        self._holder: subprocess.Popen[bytes] | None = None
        tool = shutil.which(INHIBIT)
        if tool is None:
            self.refused = f"{INHIBIT} is not there; see to it that this computer does not suspend"
            return
        what = ["--what=sleep:idle:handle-lid-switch", "--who=crampwatch", "--why=a night is being recorded"]
        self._holder = subprocess.Popen(  # noqa: S603 - fixed words
            [tool, *what, "--mode=block", "cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            _, said = self._holder.communicate(timeout=GRACE_S)
        except subprocess.TimeoutExpired:
            return  # it holds
        self._holder = None
        self.refused = f"the computer may suspend: {said.decode(errors='replace').strip() or 'refused'}"

    def close(self) -> None:
        """Let the computer sleep again."""
        if self._holder is not None and self._holder.stdin is not None and self._holder.stderr is not None:
            self._holder.stdin.close()
            self._holder.wait()
            self._holder.stderr.close()
            self._holder = None


class SleepWatch:
    """Tells for how long the computer was suspended: one of its clocks stands still then, the other does not."""

    def __init__(self) -> None:
        self._difference_s = self._measure()

    def slept_s(self) -> float:
        """Return the seconds of suspension since the last call."""
        before, self._difference_s = self._difference_s, self._measure()
        return self._difference_s - before

    @staticmethod
    def _measure() -> float:
        if not hasattr(time, "CLOCK_BOOTTIME"):
            return 0.0  # only Linux tells
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)

"""Asking for samples again: one REPORT after the other, and what of it the sensor does not have."""

from collections import deque
from dataclasses import dataclass, field

from firmware_bridge.readings import Absent, Missing
from firmware_bridge.wire.commands import Abort, Command, Count, Report
from firmware_bridge.wire.control import Response
from firmware_bridge.wire.frames import SampleFrame
from firmware_bridge.wire.operations import Operation, Result
from firmware_bridge.wire.values import Held, Sent

SILENT_S = 10.0
"""A report of which nothing has come for so long is given up: its response was lost."""


@dataclass(slots=True)
class _UnderWay:
    missing: Missing
    transaction: int
    progress_s: float
    came: dict[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])  # (sequence, first): end
    sent: int | None = None  # frames that the sensor says it has sent, once it has said so

    def holds(self, frame: SampleFrame) -> bool:
        """Tell whether the frame belongs to the answer."""
        missing = self.missing
        return (
            (frame.stream, frame.boot) == (missing.stream, missing.epoch)
            and frame.counter < missing.end
            and frame.counter + len(frame.counts) > missing.first
        )


class Reports:
    """Keeps the order of reports. Does no I/O: `next_command` says what to send, `absent` what is not to be had.

    The sensor carries out one report at a time and says at its end how many frames it has sent. When so many have
    come, what of the range has not come does not exist.
    """

    def __init__(self) -> None:
        self.absent: list[Absent] = []
        self._waiting: deque[Missing] = deque()
        self._now: _UnderWay | None = None
        self._ending: _UnderWay | None = None  # answered, but not all of its frames have come yet
        self._asking_count: tuple[Missing, int] | None = None
        self._abort = False

    def ask(self, missing: Missing, now_s: float) -> None:
        """Take a request; the same again is not queued twice."""
        if self._now is not None and now_s - self._now.progress_s > SILENT_S:
            self._abort, self._now, self._asking_count = True, None, None
        if missing not in self._waiting and (self._now is None or self._now.missing != missing):
            self._waiting.append(missing)

    def next_command(self, transaction: int, now_s: float) -> Command | None:
        """Return what is to be sent now under this transaction number."""
        if self._abort:
            self._abort = False
            return Abort()
        if self._asking_count is not None and self._asking_count[1] < 0:
            missing = self._asking_count[0]
            self._asking_count = (missing, transaction)
            return Count(missing.stream)
        if self._now is None and self._waiting:
            missing = self._waiting.popleft()
            self._now = _UnderWay(missing, transaction, now_s)
            return Report(missing.stream, missing.epoch, missing.first, missing.end - 1)
        return None

    def came(self, frame: SampleFrame, now_s: float) -> None:
        """Note a frame that was sent again."""
        for report in (self._ending, self._now):
            if report is not None and report.holds(frame):
                report.came[frame.sequence, frame.counter] = frame.counter + len(frame.counts)
                report.progress_s = now_s
                self._finish_if_complete(report)

    def answered(self, response: Response) -> None:
        """Note a response."""
        if response.operation is Operation.REPORT and self._now is not None:
            if response.transaction == self._now.transaction:
                self._report_ended(self._now, response)
        elif response.operation is Operation.COUNT and self._asking_count is not None:
            missing, transaction = self._asking_count
            if response.transaction == transaction:
                self._asking_count = None
                held = response.values if isinstance(response.values, Held) else None
                oldest = held.oldest if held is not None and held.boot == missing.epoch else 0
                self._lack(missing, missing.first, max(missing.end, oldest))

    def _report_ended(self, report: _UnderWay, response: Response) -> None:
        if isinstance(response.values, Sent):
            report.sent = response.values.frames
            self._ending, self._now = report, None
            self._finish_if_complete(report)
        else:
            self._now = None
            if response.result is Result.NO_RECORDS:
                self._asking_count = (report.missing, -1)

    def _finish_if_complete(self, report: _UnderWay) -> None:
        if report.sent is None or len(report.came) < report.sent:
            return
        self._ending = None
        at = report.missing.first
        for (_, first), end in sorted(report.came.items(), key=lambda item: item[0][1]):
            if first > at:
                self._lack(report.missing, at, min(first, report.missing.end))
            at = max(at, end)
        if at < report.missing.end:
            self._lack(report.missing, at, report.missing.end)

    def _lack(self, missing: Missing, first: int, end: int) -> None:
        self.absent.append(Absent(missing.stream, missing.epoch, first, end))

"""What the bridge delivered of a night, held against what the sensor truly sampled."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.virtual.faults import FaultKind
from signals import CountBlock, Gap, GapReason
from tests.firmware_bridge.streaming import RATES, Plan, Run, Streamed

BEFORE_S = 3.0
"""What is on the way when the sensor loses its power."""
SILENT = (FaultKind.LINK_LOSS, FaultKind.UNPLUG, FaultKind.BROWN_OUT)
NAMES = ("usable", *GapReason)
CODES = {reason: i + 1 for i, reason in enumerate(GapReason)}


@dataclass(slots=True)
class Findings:
    """What became of every sample that the sensor took, and of every second of the night."""

    sampled: int = 0
    arrived: int = 0
    twice: int = 0
    wrong: int = 0  # other bits, or not where the rest of the run lies
    misnumbered: int = 0
    forgotten: int = 0  # the sensor no longer had them when the link was back
    unexplained: int = 0  # did not arrive though the sensor still had them
    wrong_cause: dict[str, int] = field(default_factory=dict[str, int])
    gaps_s: dict[str, float] = field(default_factory=dict[str, float])
    restart_errors_s: list[float] = field(default_factory=list[float])


def judge(plan: Plan, streamed: Streamed, runs: list[Run]) -> Findings:
    """Look at every sample of every run."""
    found = Findings()
    silent = _silent(plan, streamed)
    origins: dict[int, float] = {}
    for name, fs_hz in RATES.items():
        reasons = _reasons(streamed, name)
        for code, n in zip(*np.unique(reasons, return_counts=True), strict=True):
            if code:
                found.gaps_s[f"{name} {NAMES[code]}"] = int(n) / fs_hz
        for i, run in enumerate(runs):
            blocks = [b for b in streamed.placed if b.stream == name and b.epoch == run.boot]
            if blocks:
                offset = blocks[0].first_sample - blocks[0].counter
                origins.setdefault(run.boot, offset / fs_hz)
                times = _arrivals(found, blocks, run, offset)
                began = max(0, -offset)  # the night begins with the first sample that comes
                times = times[began : len(reasons) - offset]
                said = reasons[began + offset :][: len(times)]
                ends_s = runs[i + 1].began_s if i + 1 < len(runs) else np.inf
                taken_s = run.began_s - runs[0].began_s + (began + np.arange(len(times))) / fs_hz
                lost = _lost_for_good(taken_s, plan.keeps_s, ends_s - runs[0].began_s, silent)
                misnumbered = [(a - began, b - began) for a, b in run.misnumbered[name] if b > began]
                _account(found, times, said, lost, misnumbered)
    for a, b in pairwise([run for run in runs if run.boot in origins]):
        found.restart_errors_s.append(origins[b.boot] - origins[a.boot] - (b.began_s - a.began_s))
    return found


def _arrivals(found: Findings, blocks: list[CountBlock], run: Run, offset: int) -> NDArray[np.int8]:
    """Return how often each sample of the run arrived; count those with wrong bits or at a wrong place."""
    truth = run.counts[blocks[0].stream]
    times = np.zeros(len(truth), np.int8)
    for block in blocks:
        end = block.counter + len(block.counts)
        times[block.counter : end] += 1
        if block.first_sample - block.counter != offset:
            found.wrong += len(block.counts)
        found.wrong += int((block.counts != truth[block.counter : end]).any(axis=1).sum())
    return times


def _account(
    found: Findings,
    times: NDArray[np.int8],
    reasons: NDArray[np.int8],
    lost: NDArray[np.bool_],
    misnumbered: list[tuple[int, int]],
) -> None:
    """Ask of every sample whether it arrived, or why not, `lost` for good, and whether the gap says so."""
    wrong_number = np.zeros(len(times), np.bool_)
    for first, end in misnumbered:
        wrong_number[max(0, first) : end] = True
    arrived = times > 0
    tail = np.arange(len(times)) > np.flatnonzero(arrived)[-1]
    missing = ~arrived & ~wrong_number
    found.sampled += len(times)
    found.arrived += int(arrived.sum())
    found.twice += int((times > 1).sum())
    found.misnumbered += int(wrong_number.sum())
    found.forgotten += int((missing & lost).sum())
    found.unexplained += int((missing & ~lost).sum())
    usable = np.isin(reasons, (0, CODES[GapReason.LEAD_OFF]))
    expected = np.where(tail, CODES[GapReason.SENSOR_RESTART], CODES[GapReason.LINK_LOST])
    expected[wrong_number & ~tail] = CODES[GapReason.SENSOR_FAULT]
    expected[arrived] = 0
    differs = np.where(arrived, ~usable, reasons != expected)
    for want, have in {(int(a), int(b)) for a, b in zip(expected[differs], reasons[differs], strict=True)}:
        cause = f"{NAMES[want]}, said to be {NAMES[have]}"
        n = int((differs & (expected == want) & (reasons == have)).sum())
        found.wrong_cause[cause] = found.wrong_cause.get(cause, 0) + n
    found.wrong += int((arrived & wrong_number).sum())


def _reasons(streamed: Streamed, stream: str) -> NDArray[np.int8]:
    """Return for every sample of the night the code of its gap, 0 for none; the items must join."""
    items = [item for item in streamed.released if item.stream == stream]
    assert items[0].first_sample == 0
    assert all(a.end == b.first_sample for a, b in pairwise(items))
    reasons = np.zeros(items[-1].end, np.int8)
    for item in items:
        if isinstance(item, Gap):
            reasons[item.first_sample : item.end] = CODES[item.reason]
    return reasons


def _silent(plan: Plan, streamed: Streamed) -> list[tuple[float, float]]:
    """Return when nothing could be had from the sensor, and what it may take to be back after each time.

    By the script of faults, and by what the bridge said of the link.
    """
    faults = [(fault.at_s, fault.end_s) for fault in plan.script.faults if fault.kind in SILENT]
    merged: list[tuple[float, float]] = []
    for first_s, end_s in sorted(faults + streamed.down):
        first, end = first_s - BEFORE_S, end_s + plan.recovery_s
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((first, end))
    return merged


def _lost_for_good(
    taken_s: NDArray[np.float64], keeps_s: float, run_ends_s: float, silent: list[tuple[float, float]]
) -> NDArray[np.bool_]:
    """Tell of each sample whether nothing could be had for as long as the sensor kept it."""
    forgotten_s = np.minimum(taken_s + keeps_s, run_ends_s)
    lost = np.zeros(len(taken_s), np.bool_)
    for first, end in silent:
        lost |= (first <= taken_s) & (forgotten_s <= end)
    return lost

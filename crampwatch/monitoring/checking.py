"""The evening's check on the terminal: each sensor in turn, a quiet leg first, then a contraction on purpose."""

from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crampwatch.monitoring.placement import Finding, contraction_finding, rest_findings, rest_of, verdict
from firmware_bridge.bridge import Bridge
from firmware_bridge.events import Event, LinkDown, Opened, Placed
from firmware_bridge.host_clock import HostClock
from firmware_bridge.sensor import sensor_at
from signals import CountBlock, CountedStream, seconds_at

REST_S, TIPTOE_S = 10.0, 8.0  # the second leaves three seconds to get up
TRIES = 3  # to reach the sensor, before that is what is wrong

Say = Callable[[str], None]


async def check_placement(uri: str, clock: HostClock, say: Say) -> bool:
    """Check one sensor and say what was found; whether it sits well. Nothing is stored.

    Raises `SensorError` where the sensor cannot be used.
    """
    say("Lie down and keep the leg quite still for ten seconds ...")
    hearing = _Hearing()
    async with aclosing(Bridge(sensor_at(uri, clock), clock).run()) as batches:
        async for events in batches:
            if (problem := hearing.take(events)) is not None:
                say(f"  the sensor cannot be reached: {problem}")
                return False
            if hearing.seconds >= REST_S and hearing.rest is None:
                hearing.end_rest()
                say("Now stand on tiptoe for five seconds ...")
            elif hearing.rest is not None and hearing.seconds >= TIPTOE_S:
                break
    findings = hearing.findings()
    for finding in findings:
        say(f"  {'good' if finding.good else 'NOT GOOD'}: {finding.words}")
    say(f"  {verdict(findings)}")
    return all(finding.good for finding in findings)


@dataclass(slots=True)
class _Hearing:
    """What has come in of the scored muscle, first at rest, then on tiptoe."""

    stream: CountedStream | None = None
    rest: list[CountBlock] | None = None
    blocks: list[CountBlock] = field(default_factory=list[CountBlock])

    @property
    def seconds(self) -> float:
        n = sum(len(block.counts) for block in self.blocks)
        return seconds_at(n, self.stream.fs_hz) if self.stream else 0.0

    def take(self, events: Sequence[Event]) -> str | None:
        """Take events; return why the sensor cannot be reached, once that has been tried often enough."""
        for event in events:
            if isinstance(event, Opened):
                self.stream = event.setup.streams[0]
            elif isinstance(event, LinkDown) and event.tries >= TRIES:
                return event.cause
            elif isinstance(event, Placed) and self.stream and event.block.stream == self.stream.name:
                self.blocks.append(event.block)
        return None

    def end_rest(self) -> None:
        self.rest, self.blocks = self.blocks, []

    def findings(self) -> list[Finding]:
        if self.stream is None or self.rest is None:
            raise RuntimeError("a check has findings when it has been gone through")
        fs_hz, rest_uv = self.stream.fs_hz, _microvolts(self.stream, self.rest)
        lead_off = sum(len(block.counts) for block in self.rest if block.lead_off) / len(rest_uv)
        found = list(rest_findings(rest_uv, fs_hz, lead_off_share=lead_off))
        if found[0].good:
            floor_uv = rest_of(rest_uv, fs_hz).floor_uv
            found.append(contraction_finding(_microvolts(self.stream, self.blocks), fs_hz, floor_uv))
        return found


def _microvolts(stream: CountedStream, blocks: list[CountBlock]) -> NDArray[np.float64]:
    return np.concatenate([stream.physical(block).values[:, 0] for block in blocks])

"""When faults begin and end, in order, and which of them are on."""

import heapq
from itertools import count
from math import inf

from firmware_bridge.virtual.faults import Fault, FaultKind, FaultScript


class Timetable:
    """Walks through a script; faults may overlap, and more may be added on the way."""

    def __init__(self, script: FaultScript) -> None:
        self._number = count()
        self._edges: list[tuple[float, int, Fault | None]] = []
        self._until_s: dict[FaultKind, float] = {}
        self.begun = 0
        self.latest: Fault | None = None
        for fault in script.faults:
            self.add(fault)

    def add(self, fault: Fault) -> None:
        """Add a fault."""
        heapq.heappush(self._edges, (fault.at_s, next(self._number), fault))

    @property
    def next_s(self) -> float:
        """When something begins or ends next; infinity where nothing will."""
        return self._edges[0][0] if self._edges else inf

    def step(self) -> Fault | None:
        """Go to `next_s`; return the fault that begins, None where one ends."""
        _, number, fault = heapq.heappop(self._edges)
        if fault is None:
            return None
        self.begun += 1
        self.latest = fault
        if fault.duration_s:
            self._until_s[fault.kind] = max(fault.end_s, self._until_s.get(fault.kind, 0.0))
            heapq.heappush(self._edges, (fault.end_s, number, None))
        return fault

    def on(self, kind: FaultKind, at_s: float) -> bool:
        """Whether a lasting fault is on."""
        return at_s < self._until_s.get(kind, 0.0)

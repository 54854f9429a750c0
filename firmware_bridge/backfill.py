"""Which samples to ask the sensor for again, when, and when to give up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firmware_bridge.readings import Chunk, Missing

PIECE_S = 30.0
"""One request asks for at most this much: what comes of it shows soon whether the rest is worth asking for."""
OUTSTANDING = 4
TIMEOUT_S = 20.0
"""How long nothing may come of a request before it is made again."""
TRIES = 5

_Key = tuple[int, str, int]  # piece, stream, epoch: sorted by time


@dataclass(slots=True)
class _Request:
    tries: int = 0
    due_s: float | None = None  # None: not asked for at the moment


class Backfill:
    """Turns holes into requests: the oldest first, since the sensor forgets the oldest first; few at a time."""

    def __init__(self, rates: Mapping[str, float]) -> None:
        self._pieces = {stream: max(1, round(PIECE_S * fs_hz)) for stream, fs_hz in rates.items()}
        self._requests: dict[_Key, _Request] = {}

    def plan(self, holes: Sequence[Missing], now_s: float) -> tuple[list[Missing], list[Missing]]:
        """Return what to ask for now, and what to give up: asked for `TRIES` times in vain, with the link up.

        `holes` is all that is missing.
        """
        wanted = self._cut(holes)
        self._requests = {key: self._requests.get(key, _Request()) for key in sorted(wanted)}
        ask: list[Missing] = []
        hopeless: list[Missing] = []
        for key, request in self._requests.items():
            if request.due_s is not None and now_s >= request.due_s:
                request.due_s = None
                if request.tries >= TRIES:
                    hopeless.append(wanted[key])
        free = OUTSTANDING - sum(request.due_s is not None for request in self._requests.values())
        for key, request in self._requests.items():
            if request.due_s is None and request.tries < TRIES and len(ask) < free:
                request.tries += 1
                request.due_s = now_s + TIMEOUT_S
                ask.append(wanted[key])
        return ask, hopeless

    def came(self, chunk: Chunk, now_s: float) -> None:
        """Learn that samples came; where they were asked for, all requests get more time, as they wait in line."""
        request = self._requests.get(self._key(chunk.stream, chunk.epoch, chunk.counter))
        if request is not None and request.due_s is not None:
            for other in self._requests.values():
                if other.due_s is not None:
                    other.due_s = now_s + TIMEOUT_S

    def link_lost(self) -> None:
        """Forget what was asked for; a try that ended so does not count."""
        for request in self._requests.values():
            if request.due_s is not None:
                request.due_s = None
                request.tries -= 1

    def _key(self, stream: str, epoch: int, counter: int) -> _Key:
        return counter // self._pieces[stream], stream, epoch

    def _cut(self, holes: Sequence[Missing]) -> dict[_Key, Missing]:
        """Cut holes into pieces; holes in the same piece become one request."""
        wanted: dict[_Key, Missing] = {}
        for hole in holes:
            piece = self._pieces[hole.stream]
            for k in range(hole.first // piece, -(-hole.end // piece)):
                key = (k, hole.stream, hole.epoch)
                known = wanted.get(key)
                first = known.first if known else max(hole.first, k * piece)
                wanted[key] = Missing(hole.stream, hole.epoch, first, min(hole.end, (k + 1) * piece))
        return wanted

"""Faults on purpose: what goes wrong with a virtual sensor, and when."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import exp, isfinite, log
from pathlib import Path
from typing import Any, Self, cast

import numpy as np


class FaultError(Exception):
    """A fault script that cannot be used; the message names what is wrong and what may stand there."""


class FaultKind(StrEnum):
    """What can go wrong. Some need a duration, some a number of frames, some neither."""

    LINK_LOSS = "link_loss"  # out of range: nothing goes either way, the sensor goes on sampling
    BROWN_OUT = "brown_out"  # off for the duration, then a new start: ring empty, new boot id
    UNPLUG = "unplug"  # serial: the port vanishes for the duration
    LOST_BOND = "lost_bond"  # BLE: the sensor no longer knows the computer, and hangs up
    LEAD_OFF = "lead_off"  # an electrode comes loose: EMG at the rail, flagged
    STUCK_COUNTER = "stuck_counter"  # frames go on in sequence, their sample counter stands still
    FLIP = "flip"  # one byte of each frame changed
    TRUNCATE = "truncate"  # each frame cut short
    GARBAGE = "garbage"  # random bytes before each frame
    DROP = "drop"  # frames lost by the link layer
    DUPLICATE = "duplicate"  # each frame sent twice
    REORDER = "reorder"  # each frame sent after its successor


LASTING = frozenset(
    {FaultKind.LINK_LOSS, FaultKind.BROWN_OUT, FaultKind.UNPLUG, FaultKind.LEAD_OFF, FaultKind.STUCK_COUNTER}
)
OF_FRAMES = frozenset(
    {
        FaultKind.FLIP,
        FaultKind.TRUNCATE,
        FaultKind.GARBAGE,
        FaultKind.DROP,
        FaultKind.DUPLICATE,
        FaultKind.REORDER,
    }
)
SERIAL_KINDS = tuple(kind for kind in FaultKind if kind is not FaultKind.LOST_BOND)
BLE_KINDS = tuple(kind for kind in FaultKind if kind is not FaultKind.UNPLUG)
SHORT_S, LONG_S = (1.0, 60.0), (600.0, 900.0)  # of random faults; the long ones outlast the ring
LONG_SHARE = 0.03
MOST_FRAMES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault, `at_s` seconds after the sensor first began to sample (its own true time, not its crystal's).

    Raises `FaultError` where a number is missing, out of range, or means nothing for the kind.
    """

    kind: FaultKind
    at_s: float = 0.0
    duration_s: float = 0.0
    frames: int = 0

    def __post_init__(self) -> None:
        if not (isfinite(self.at_s) and self.at_s >= 0):
            raise FaultError(f"{self.kind} at {self.at_s} s; faults come at 0 s or later")
        lasts, counted = self.kind in LASTING, self.kind in OF_FRAMES
        if (self.duration_s > 0) != lasts or self.duration_s < 0:
            wanted = "a duration_s above 0" if lasts else "no duration_s"
            raise FaultError(f"{self.kind} with a duration_s of {self.duration_s}; it takes {wanted}")
        if (self.frames > 0) != counted or self.frames < 0:
            wanted = "a number of frames above 0" if counted else "no frames"
            raise FaultError(f"{self.kind} with frames = {self.frames}; it takes {wanted}")

    @property
    def end_s(self) -> float:
        """When it is over, as far as that is a matter of time."""
        return self.at_s + self.duration_s

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        """Read one table of a script. Unknown keys and values of the wrong kind raise `FaultError`."""
        allowed = {"kind", "at_s", "duration_s", "frames"}
        if unknown := sorted(set(table) - allowed):
            raise FaultError(f"a fault has no {', '.join(unknown)}; it has {', '.join(sorted(allowed))}")
        kind = table.get("kind")
        if kind not in set(FaultKind):
            raise FaultError(f"there is no fault {kind!r}; there are {', '.join(FaultKind)}")
        numbers = {name: table[name] for name in ("at_s", "duration_s", "frames") if name in table}
        for name, value in numbers.items():
            if isinstance(value, bool) or not isinstance(value, int if name == "frames" else int | float):
                raise FaultError(f"{kind}: {name} is {value!r}; it must be a number")
        return cls(kind=FaultKind(kind), **numbers)


@dataclass(frozen=True, slots=True)
class FaultScript:
    """Faults in order of time, and the seed of what is random in them (which byte, which bit)."""

    faults: tuple[Fault, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "faults", tuple(sorted(self.faults, key=lambda fault: fault.at_s)))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a script: `seed = N` if need be, then a table `[[fault]]` for each. Raises `FaultError`."""
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise FaultError(f"not valid TOML: {error}") from error
        if unknown := sorted(set(document) - {"seed", "fault"}):
            raise FaultError(f"a script has no {', '.join(unknown)}; it has seed and [[fault]]")
        seed: Any = document.get("seed", 0)
        tables: Any = document.get("fault", [])
        if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
            raise FaultError(f"seed is {seed!r}; it must be a whole number from 0 up")
        if not isinstance(tables, list):
            raise FaultError("write [[fault]] with two brackets, one table for each fault")
        faults = cast("list[Mapping[str, Any]]", tables)
        return cls(tuple(Fault.read(table) for table in faults), seed)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a script from a file. Raises `FaultError` with the file's name."""
        try:
            return cls.parse(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise FaultError(f"{path} cannot be read: {error}") from error
        except FaultError as error:
            raise FaultError(f"{path}: {error}") from error

    @classmethod
    def random(cls, seed: int, duration_s: float, n: int, kinds: Iterable[FaultKind] = tuple(FaultKind)) -> Self:
        """Draw `n` faults within `duration_s`: the same seed gives the same script.

        Durations are log-uniform from 1 s to 60 s; three in a hundred last 600 s to 900 s, longer than the ring of
        a sensor that keeps no more than it must.
        """
        rng = np.random.default_rng(seed)
        choice = tuple(kinds)
        drawn: list[Fault] = []
        for _ in range(n):
            at_s = float(rng.uniform(0, duration_s))
            kind = choice[int(rng.integers(len(choice)))]
            low_s, high_s = LONG_S if rng.random() < LONG_SHARE else SHORT_S
            lasting_s = round(exp(rng.uniform(log(low_s), log(high_s))), 3)
            frames = int(rng.integers(1, MOST_FRAMES + 1))
            drawn.append(
                Fault(
                    kind=kind,
                    at_s=round(at_s, 3),
                    duration_s=lasting_s if kind in LASTING else 0.0,
                    frames=frames if kind in OF_FRAMES else 0,
                )
            )
        return cls(tuple(drawn), seed)

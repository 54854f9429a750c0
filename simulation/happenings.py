"""One planned event of a night, and its rendering: what muscles, electrodes and accelerometer give for it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.accelerations import MOVEMENTS, movement_of
from simulation.artefacts import DISTURBANCES
from simulation.carriers import NoiseCarrier, voluntary_uv
from simulation.contractions import COURSES, Effort, courses_of
from simulation.cramps import cramp_course, cramp_discharges, cramp_uv, fasciculations
from simulation.discharges import Discharges, emg_of, voluntary
from simulation.kinds import Kind
from simulation.profiles import Profile
from simulation.randomness import Component, Floats, generator, log_between
from simulation.wearers import ALL_MUSCLES, Limb, Wearer

TAIL_S = 0.1  # potentials of the last discharges


@dataclass(frozen=True, slots=True)
class Happening:
    """One planned event.

    `onset_s` and `duration_s` are those of the drive; `strength` is the peak excitation (0-1), for a cramp its
    share of the MVC EMG, for fasciculations 0 before and 1 after it; `number` is the event's place in the plan,
    which names its stream of random numbers; `size` scales the movement that goes with it; `head` is the muscle
    of a cramp; `felt` says whether a cramp woke the wearer, None for others.
    """

    kind: Kind
    onset_s: float
    duration_s: float
    number: int
    strength: float = 0.0
    size: float = 1.0
    head: str | None = None
    felt: bool | None = None

    @property
    def end_s(self) -> float:
        """End of the drive."""
        return self.onset_s + self.duration_s


@dataclass(frozen=True, slots=True)
class Rendered:
    """A happening as signals, from its onset; None where it has none.

    `muscle_uv` and `disturbance_uv` have shape (n_channels, n) at the rate of the EMG, `movement_g` (n, 3) at
    that of the accelerometer.
    """

    happening: Happening
    muscle_uv: NDArray[np.float32] | None
    disturbance_uv: NDArray[np.float32] | None
    movement_g: Floats | None


def render(seed: int, night: int, happening: Happening, person: Wearer, worn: tuple[Limb, Profile]) -> Rendered:
    """Render one happening; the same arguments give the same samples."""
    limb, profile = worn
    rng = generator(seed, person.number, night, Component.EVENT, happening.number)
    fs_hz = profile.electronics.fs_hz
    n = max(4, round((happening.duration_s + TAIL_S) * fs_hz))
    effort = Effort(happening.kind, happening.duration_s, happening.strength, person.stride_hz, profile.habits)
    muscle = disturbance = movement = None
    if happening.kind is Kind.CRAMP or happening.kind is Kind.FASCICULATION:
        muscle = _spontaneous(rng, happening, limb, profile, n)
    elif happening.kind in COURSES:
        muscle = _voluntary(rng, effort, limb, person.voluntary_cov, n)
    elif happening.kind in DISTURBANCES:
        disturbance = DISTURBANCES[happening.kind](rng, n, len(limb.mix), fs_hz)
    if happening.kind in MOVEMENTS and happening.size > 0 and profile.electronics.accelerometer:
        movement = movement_of(rng, effort, happening.size, profile.electronics.acc_fs_hz)
    return Rendered(happening, muscle, disturbance, movement)


def _spontaneous(
    rng: np.random.Generator, happening: Happening, limb: Limb, profile: Profile, n: int
) -> NDArray[np.float32]:
    head = happening.head or "GM"
    pool = limb.pools[head]
    if happening.kind is Kind.FASCICULATION:
        per_s = log_between(rng, profile.cramp.fasciculation_hz)
        discharges = fasciculations(rng, pool, happening.duration_s, per_s, dying_out=happening.strength > 0)
        return _seen(limb, head, discharges, n)
    course = cramp_course(rng, profile.cramp, happening.duration_s)
    if limb.carrier:
        amplitude_uv = cramp_uv(rng, pool, profile.cramp, course, happening.strength)
        return _carried(rng, limb, limb.carrier, head, amplitude_uv, n)
    return _seen(limb, head, cramp_discharges(rng, pool, profile.cramp, course, happening.strength), n)


def _voluntary(rng: np.random.Generator, effort: Effort, limb: Limb, cov: float, n: int) -> NDArray[np.float32]:
    total = np.zeros((len(limb.mix), n), np.float32)
    for muscle, course in courses_of(rng, effort).items():
        if muscle == "GL" and limb.mix[:, ALL_MUSCLES.index("GL")].max() < 1.0:
            continue  # not recorded: beside its synergist its crosstalk is nothing
        pool, excitation = limb.pools[muscle], np.clip(course, 0.0, 1.0)
        if limb.carrier:
            total += _carried(rng, limb, limb.carrier, muscle, voluntary_uv(pool, excitation), n)
        else:
            total += _seen(limb, muscle, voluntary(rng, pool, excitation, cov), n)
    return total


def _seen(limb: Limb, muscle: str, discharges: Discharges, n: int) -> NDArray[np.float32]:
    """Return what every channel sees of the motor units of one muscle."""
    return _gains(limb, muscle)[:, None] * emg_of(limb.pools[muscle], discharges, n)


def _carried(
    rng: np.random.Generator, limb: Limb, carrier: NoiseCarrier, muscle: str, amplitude_uv: Floats, n: int
) -> NDArray[np.float32]:
    """Return what every channel sees of a muscle that is noise of a given course."""
    fs_hz = limb.pools[muscle].fs_hz
    return carrier.carry(rng, amplitude_uv, _gains(limb, muscle).astype(np.float64), fs_hz, n).astype(np.float32)


def _gains(limb: Limb, muscle: str) -> NDArray[np.float32]:
    return limb.mix[:, ALL_MUSCLES.index(muscle)].astype(np.float32)

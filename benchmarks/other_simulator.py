"""Nights of another simulator: noise with envelopes, with event code of its own, and how the profiles count them.

Run: `.venv/bin/python benchmarks/other_simulator.py --seed 1 --wearers 20 calf-1 calf-1-learned`. It shares nothing
with `simulation/`: muscles are filtered Gaussian noise times an envelope, movement is noise on gravity, and every
number is a guess of its own. It is a check of robustness; nothing is trained on it. Each night is written as
EDF+C with its truth beside it, scored by `crampwatch score` and held against the truth by `crampwatch evaluate`.
"""

import argparse
import csv
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from math import exp, log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from recordings import write_edf
from signals import Channel, Stream

NIGHT_S = 6 * 3600
RAIL_UV, RAIL_G = 4000.0, 4.0
ENVELOPE_HZ = 50
ON_RATIO, CRAMP_MIN_S = 3.0, 15.0  # the definition

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Night:
    """Envelopes (uV) of calf and shin at 50 Hz, additions to EMG and acceleration, and what is true."""

    rng: np.random.Generator
    emg_hz: int
    acc_hz: int
    floor_uv: float
    leak: float
    calf: Floats = field(default_factory=lambda: np.zeros(NIGHT_S * ENVELOPE_HZ))
    shin: Floats = field(default_factory=lambda: np.zeros(NIGHT_S * ENVELOPE_HZ))
    acc: Floats = field(init=False)
    added: list[tuple[float, Floats]] = field(default_factory=list[tuple[float, Floats]])
    truth: list[tuple[float, float, str, str]] = field(default_factory=list[tuple[float, float, str, str]])

    def __post_init__(self) -> None:
        self.acc = np.tile(self.direction(level=True), (NIGHT_S * self.acc_hz, 1))

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return bool(self.rng.random() < probability)

    def direction(self, *, level: bool) -> Floats:
        """Draw gravity of a shank that lies or stands; the shank is along X."""
        vector = np.array([self.rng.normal(0, 0.15), *self.rng.normal(0, 1, 2)]) if level else np.array([1.0, 0, 0])
        vector = vector + self.rng.normal(0, 0.05, 3)
        return vector / np.linalg.norm(vector)

    def contract(self, at_s: float, calf_uv: Floats, shin_uv: Floats) -> None:
        """Add envelopes from a time on; the shin hears a little of the calf."""
        first = round(at_s * ENVELOPE_HZ)
        n = min(len(calf_uv), len(self.calf) - first)
        self.calf[first : first + n] = np.hypot(self.calf[first : first + n], calf_uv[:n])
        heard = np.hypot(shin_uv[:n], self.leak * calf_uv[:n])
        self.shin[first : first + n] = np.hypot(self.shin[first : first + n], heard)

    def shake(self, at_s: float, length_s: float, size_g: float, hz: float) -> None:
        """Add movement: smoothed noise below `hz`, with a soft beginning and end."""
        first, n = round(at_s * self.acc_hz), max(4, round(length_s * self.acc_hz))
        sos = butter(2, min(hz, 0.4 * self.acc_hz), fs=self.acc_hz, output="sos")
        noise: Floats = sosfilt(sos, self.rng.standard_normal((n, 3)), axis=0)
        noise *= size_g / noise.std() * np.hanning(n)[:, None] ** 0.3
        rows = self.acc[first : first + n]
        rows += noise[: len(rows)]

    def turn(self, at_s: float, *, level: bool) -> None:
        """Change the direction of gravity from a time on."""
        self.acc[round(at_s * self.acc_hz) :] += (
            self.direction(level=level) - self.acc[min(len(self.acc) - 1, round(at_s * self.acc_hz))]
        )

    def true(self, at_s: float, length_s: float, label: str, kind: str) -> None:
        """Write an event down."""
        self.truth.append((at_s, length_s, label, kind))


def seconds(n: int) -> Floats:
    """Return the times (s) of the first `n` values of an envelope."""
    return np.arange(n, dtype=np.float64) / ENVELOPE_HZ


def trapezium(length_s: float, rise_s: float, fall_s: float) -> Floats:
    """Return an envelope of height 1."""
    at = seconds(round(length_s * ENVELOPE_HZ))
    return np.clip(np.minimum(at / rise_s, (length_s - at) / fall_s), 0.0, 1.0)


def add_cramp(night: Night, at_s: float) -> None:
    """Add a cramp: the calf alone, mostly still, often ended by getting up."""
    rng = night.rng
    length_s = min(540.0, max(20.0, float(rng.lognormal(log(90), 0.7))))
    rise_s, fall_s = rng.uniform(0.5, 0.25 * length_s), rng.uniform(0.5, 0.3 * length_s)
    level_uv = night.floor_uv * exp(rng.uniform(log(8), log(80)))
    shape: Floats = trapezium(length_s, rise_s, fall_s)
    at: Floats = seconds(len(shape))
    if night.chance(0.5):
        shape *= 1 + rng.uniform(0, 0.4) * np.sin(2 * np.pi * rng.uniform(0.8, 2.2) * at + rng.uniform(0, 6))
    shape *= 1 + 0.15 * np.sin(2 * np.pi * rng.uniform(0.01, 0.1) * at + rng.uniform(0, 6))
    night.contract(at_s, level_uv * shape, np.zeros(len(shape)))
    above = np.flatnonzero(np.hypot(level_uv * shape, night.floor_uv) >= ON_RATIO * night.floor_uv) / ENVELOPE_HZ
    onset_s, true_s = float(above[0]), float(above[-1] - above[0])
    night.true(at_s + onset_s, true_s, "cramp" if true_s >= CRAMP_MIN_S else "minor", "cramp")
    if night.chance(0.5):
        night.shake(at_s + rng.uniform(0.3, 0.9) * length_s, rng.uniform(1, 6), rng.uniform(0.02, 0.4), 4)
    if night.chance(0.4):
        add_walk(night, at_s + length_s + rng.uniform(1, 20))


def add_walk(night: Night, at_s: float) -> None:
    """Get up, walk, lie down."""
    rng = night.rng
    length_s, hz = rng.uniform(15, 90), rng.uniform(0.7, 1.1)
    add_move(night, at_s, 4.0, "getting_up")
    night.turn(at_s + 2, level=False)
    at = seconds(round(length_s * ENVELOPE_HZ))
    phase = 2 * np.pi * hz * at
    calf, shin = np.clip(np.sin(phase), 0, 1) ** 1.5, np.clip(np.sin(phase + np.pi), 0, 1) ** 1.5
    night.contract(at_s + 4, rng.uniform(20, 120) * calf, rng.uniform(20, 120) * shin)
    rows = night.acc[round((at_s + 4) * night.acc_hz) :][: round(length_s * night.acc_hz)]
    when = np.arange(len(rows)) / night.acc_hz
    rows += 0.35 * np.sin(2 * np.pi * hz * when[:, None] + rng.uniform(0, 6, 3))
    night.shake(at_s + 4, length_s, 0.2, 6)
    night.true(at_s + 4, length_s, "gait", "walk")
    night.turn(at_s + 6 + length_s, level=True)
    add_move(night, at_s + 4 + length_s, 4.0, "lying_down")


def add_move(night: Night, at_s: float, length_s: float | None = None, kind: str = "turning") -> None:
    """Turn over: bursts of both muscles and much movement."""
    rng = night.rng
    length_s = length_s or rng.uniform(3, 30)
    bumps = np.interp(
        seconds(round(length_s * ENVELOPE_HZ)),
        np.linspace(0, length_s, max(3, round(2 * length_s))),
        rng.uniform(0, 1, max(3, round(2 * length_s))),
    )
    night.contract(at_s, rng.uniform(10, 150) * bumps, rng.uniform(10, 150) * bumps)
    night.shake(at_s, length_s, exp(rng.uniform(log(0.05), log(0.6))), 5)
    if night.chance(0.4):
        sos = butter(2, 15, fs=night.emg_hz, output="sos")
        noise: Floats = sosfilt(sos, rng.standard_normal(round(length_s * night.emg_hz)))
        night.added.append((at_s, noise / noise.std() * rng.uniform(50, 800)))
    night.true(at_s, length_s, "voluntary", kind)


def add_jerks(night: Night, at_s: float) -> None:
    """Add a series of periodic leg movements, seen by the accelerometer or not."""
    rng = night.rng
    seen = night.chance(0.6)
    for _ in range(int(rng.integers(4, 25))):
        length_s = rng.uniform(0.6, 5)
        burst = trapezium(length_s, 0.2, 0.3)
        night.contract(at_s, rng.uniform(10, 100) * burst, rng.uniform(20, 150) * burst)
        if seen:
            night.shake(at_s, min(1.5, length_s), rng.uniform(0.03, 0.3), 6)
        night.true(at_s, length_s, "leg_movement", "plm")
        at_s += length_s + rng.uniform(12, 45)
        if at_s > NIGHT_S - 60:
            return


def add_hold(night: Night, at_s: float) -> None:
    """Tense both muscles on purpose, for seconds to a minute, with movement at the beginning and the end."""
    rng = night.rng
    length_s = rng.uniform(3, 60)
    shape = trapezium(length_s, rng.uniform(0.2, 1.5), rng.uniform(0.2, 1.5))
    calf_uv = rng.uniform(20, 250)
    night.contract(at_s, calf_uv * shape, calf_uv * rng.uniform(0.3, 1.5) * shape)
    night.shake(at_s - 1, 2.5, rng.uniform(0.05, 0.4), 4)
    night.shake(at_s + length_s - 1, 2.5, rng.uniform(0.05, 0.4), 4)
    night.true(at_s, length_s, "voluntary", "hold")


def add_tension(night: Night, at_s: float) -> None:
    """Lie tense without moving: little activity of both muscles for minutes."""
    rng = night.rng
    length_s = rng.uniform(20, 400)
    shape = trapezium(length_s, rng.uniform(1, 6), rng.uniform(1, 6))
    calf_uv = night.floor_uv * rng.uniform(3, 12)
    night.contract(at_s, calf_uv * shape, calf_uv * rng.uniform(0.5, 1.5) * shape)
    night.true(at_s, length_s, "voluntary", "tension")


def add_tremor(night: Night, at_s: float) -> None:
    """Beat with the foot."""
    rng = night.rng
    length_s, hz = rng.uniform(8, 40), rng.uniform(0.7, 2.5)
    at = seconds(round(length_s * ENVELOPE_HZ))
    gate = (np.sin(2 * np.pi * hz * at) > rng.uniform(-0.2, 0.5)).astype(float)
    night.contract(at_s, rng.uniform(20, 120) * gate, rng.uniform(5, 120) * np.roll(gate, 10))
    if night.chance(0.6):
        night.shake(at_s, length_s, rng.uniform(0.02, 0.2), 3)
    night.true(at_s, length_s, "rhythmic", "tremor")


def add_fault(night: Night, at_s: float) -> None:
    """Lose an electrode to the mains, or pop."""
    rng = night.rng
    if night.chance(0.3):
        length_s = rng.uniform(5, 300)
        wave = 1500 * np.sin(2 * np.pi * 50 * np.arange(round(length_s * night.emg_hz)) / night.emg_hz)
        night.added.append((at_s, wave))
        night.true(at_s, length_s, "lead_off", "lead_off")
        return
    wave = rng.uniform(200, 2000) * np.exp(-np.arange(night.emg_hz) / (0.08 * night.emg_hz))
    night.added.append((at_s, wave))
    night.true(at_s, 1.0, "artefact", "pop")


ADDED = (
    (add_jerks, 3.0), (add_move, 25.0), (add_walk, 1.2), (add_hold, 1.5), (add_tension, 0.6), (add_tremor, 0.8),
    (add_fault, 1.5),
)  # fmt: skip
"""What happens in a night besides cramps, and how often."""

CRAMPS = 1.5


def planned(rng: np.random.Generator) -> Night:
    """Draw a person, a sensor and a night; nothing overlaps what came before it."""
    night = Night(
        rng,
        emg_hz=int(rng.choice((500, 1000, 1000, 2000))),
        acc_hz=int(rng.choice((25, 50, 100))),
        floor_uv=exp(rng.uniform(log(1.5), log(8))),
        leak=float(rng.choice((0.0, rng.uniform(0, 0.1)))),
    )
    taken: list[tuple[float, float]] = []
    for add, mean in ((add_cramp, CRAMPS), *ADDED):
        for _ in range(rng.poisson(mean)):
            room_s = 1200.0 if add is add_jerks else 700.0 if add in (add_cramp, add_tension) else 150.0
            at_s = float(rng.uniform(300, NIGHT_S - room_s - 60))
            if all(at_s + room_s < a or at_s > b for a, b in taken):
                add(night, at_s)
                taken.append((at_s - 20, at_s + room_s))
    return night


def emg_of(night: Night) -> Floats:
    """Return calf and shin in uV, shape (n, 2)."""
    rng, n = night.rng, NIGHT_S * night.emg_hz
    low, high = rng.uniform(10, 40), min(rng.uniform(150, 450), 0.45 * night.emg_hz)
    sos = butter(2, (low, high), "bandpass", fs=night.emg_hz, output="sos")
    at = np.arange(n, dtype=np.float64) * (ENVELOPE_HZ / night.emg_hz)
    channels: list[Floats] = []
    for envelope in (night.calf, night.shin):
        noise: Floats = sosfilt(sos, rng.standard_normal(n))
        noise *= np.interp(at, np.arange(len(envelope)), envelope) / noise[: 60 * night.emg_hz].std()
        floor = rng.standard_normal(n) * night.floor_uv * rng.uniform(0.8, 1.2)
        channels.append(noise + floor + rng.uniform(0, 8) * np.sin(2 * np.pi * 50 / night.emg_hz * np.arange(n)))
    for at_s, wave in night.added:
        first = round(at_s * night.emg_hz)
        rows = channels[0][first : first + len(wave)]
        rows += wave[: len(rows)]
    return np.clip(np.stack(channels, axis=1), -RAIL_UV, RAIL_UV)


def write(night: Night, stem: Path) -> None:
    """Write the recording and its truth; one in six has no shin, one in six no acceleration."""
    values = emg_of(night)
    kept = 1 if night.rng.random() < 1 / 6 else 2
    sites = ("GM", "TA")[:kept]
    rails = (-RAIL_UV, RAIL_UV)
    emg = Stream("emg", night.emg_hz, tuple(Channel(f"EMG L-{s}", "EMG", "L", s, rails) for s in sites))
    streams, blocks = [emg], [values[:, :kept]]
    if night.rng.random() > 1 / 6:
        axes = tuple(Channel(f"ACC L-{axis}", "ACC", "L", axis, (-RAIL_G, RAIL_G)) for axis in "XYZ")
        streams.append(Stream("acc", night.acc_hz, axes))
        noise_g = night.rng.uniform(0.001, 0.006)
        moved = night.acc + noise_g * night.rng.standard_normal(night.acc.shape)
        blocks.append(np.clip(moved, -RAIL_G, RAIL_G))
    start = datetime(2026, 2, 2, 23, 0)  # noqa: DTZ001 - EDF has local wall time
    write_edf(stem.with_suffix(".edf"), tuple(streams), tuple(blocks), start, stem.name)
    with stem.with_name(f"{stem.name}_truth.tsv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(("onset", "duration", "trial_type", "kind"))
        table.writerows((f"{a:.2f}", f"{d:.2f}", label, kind) for a, d, label, kind in sorted(night.truth))


def said(*arguments: str) -> str:
    """Run `crampwatch` and return what it writes."""
    program = Path(sys.executable).with_name("crampwatch")
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Write the nights, score them by every profile, evaluate."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("profiles", nargs="+")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--wearers", type=int, default=20)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        out: Path = given.out or Path(temporary)
        nights = out / "nights"
        nights.mkdir(parents=True, exist_ok=True)
        for k in range(given.wearers):
            stem = nights / f"other-{k + 1:03d}"
            if not stem.with_suffix(".edf").exists():
                write(planned(np.random.default_rng((given.seed, k))), stem)
        for profile in given.profiles:
            results = out / Path(profile).stem
            where, log = str(nights), f"sqlite:///{out}/n.db"
            said("score", where, "--out", str(results), "--profile", profile, "--db", log, "--no-report")
            print(f"## {profile}, seed {given.seed}\n\n{said('evaluate', where, str(results))}")


if __name__ == "__main__":
    main()

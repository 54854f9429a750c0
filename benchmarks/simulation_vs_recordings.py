"""Compare simulated signals with real ones: spectra, amplitudes, envelopes, intervals; draw figures, print tables.

Run: python benchmarks/simulation_vs_recordings.py [--figures docs/figures]

Real signals are the samples of `recordings.samples` (none holds a cramp: no recording of a nocturnal cramp is
public). With neurokit2 installed, one of its simulated contractions stands beside ours.
"""

import argparse
import time
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt, welch
from scipy.stats import kurtosis

from recordings import open_recording
from recordings.samples import sample_path
from signals import SampleBlock
from simulation import PROFILES, Cohort, Kind, SimulatedNight
from simulation.contractions import Effort, courses_of
from simulation.cramps import CrampSettings, cramp_course, cramp_discharges
from simulation.discharges import DRIVE_HZ, Discharges, emg_of, voluntary
from simulation.habits import Habits
from simulation.randomness import generator

Floats = NDArray[np.float64]

SEED = 2026
FS_HZ = 1000.0
PEOPLE = 8
CRAMPS = 40
CRAMP_S = 60.0
PAUSE_S, DOUBLET_S, FEWEST = 0.5, 0.0101, 40


@dataclass(frozen=True, slots=True)
class Signal:
    """One EMG signal: what it is, whether it was recorded, its samples in uV."""

    name: str
    real: bool
    fs_hz: float
    uv: Floats

    def band(self) -> Floats:
        """Return the samples between 20 and 450 Hz."""
        return np.asarray(sosfiltfilt(butter(4, (20, 450), "bandpass", fs=self.fs_hz, output="sos"), self.uv))

    def levels(self) -> Floats:
        """RMS in windows of 250 ms."""
        n = round(0.25 * self.fs_hz)
        band = self.band()
        return np.sqrt((band[: len(band) // n * n].reshape(-1, n) ** 2).mean(axis=1))

    def spectrum(self) -> tuple[Floats, Floats]:
        """Frequencies and power, normalised to a sum of 1."""
        f_hz, power = welch(self.band(), self.fs_hz, nperseg=round(0.5 * self.fs_hz))
        return f_hz, power / power.sum()


def recorded(name: str, label: str, start_s: float, end_s: float, title: str) -> Signal:
    """Cut a stretch out of a sample recording."""
    night = open_recording(sample_path(name), emg=(label,))
    uv = np.concatenate([i.values[:, 0] for i in night if isinstance(i, SampleBlock) and i.stream == "emg"])
    fs_hz = night.streams[0].fs_hz
    return Signal(title, real=True, fs_hz=fs_hz, uv=uv[round(start_s * fs_hz) : round(end_s * fs_hz)])


def nights() -> list[SimulatedNight]:
    """One night each of some older people."""
    return list(Cohort(SEED, PEOPLE, 1, PROFILES["older"]))


def effort_of(night: SimulatedNight, kind: Kind, strength: float, duration_s: float, muscle: str) -> Signal:
    """Let a wearer make an effort, on a floor of the night's own noise."""
    rng = generator(SEED, night.person.number, 99)
    courses = courses_of(rng, Effort(kind, duration_s, strength, night.person.stride_hz, Habits()))
    n = int(duration_s * FS_HZ)
    pool = night.limb.pools[muscle]
    uv = emg_of(pool, voluntary(rng, pool, courses[muscle], night.person.voluntary_cov), n).astype(np.float64)
    uv += night.limb.floor_uv[0] * rng.standard_normal(n)
    return Signal(f"simulated {kind} {muscle}, person {night.person.number}", real=False, fs_hz=FS_HZ, uv=uv)


def rest_of(night: SimulatedNight) -> Signal:
    """Return a minute of a night without any event."""
    calm = replace(night.profile, rates=replace(night.profile.rates, **dict.fromkeys(_counted(), 0.0)))
    source = SimulatedNight(SEED, replace(night.person, rates=calm.rates), 0, calm)
    first = next(i for i in source if isinstance(i, SampleBlock) and i.stream == "emg")
    name = f"simulated rest, person {night.person.number}"
    return Signal(name, real=False, fs_hz=FS_HZ, uv=np.array(first.values[:, 0]))


def _counted() -> list[str]:
    rates = PROFILES["older"].rates
    return [name for name in rates.__slots__ if name != "phi"]


def cramp_of(night: SimulatedNight, number: int, duration_s: float = CRAMP_S) -> tuple[Discharges, Signal]:
    """Let the calf of a wearer cramp; return discharges and EMG, without noise."""
    rng, settings, pool = generator(SEED, number, 98), CrampSettings(), night.limb.pools["GM"]
    share = float(rng.uniform(*settings.mvc_share))
    found = cramp_discharges(rng, pool, settings, cramp_course(rng, settings, duration_s), share)
    uv = emg_of(pool, found, int(duration_s * FS_HZ)).astype(np.float64)
    return found, Signal(f"simulated cramp {number}, {share:.0%} of MVC", real=False, fs_hz=FS_HZ, uv=uv)


def all_signals(people: list[SimulatedNight]) -> list[Signal]:
    """Return what is compared, real ones first."""
    real = [
        *(
            recorded(f"elderly_{i}.edf", "EMG TA", 20, 30, f"recorded TA {i}, dorsiflexion")
            for i in ("id01", "id07", "id13")
        ),
        recorded("treadmill_walk.edf", "EMG GM", 0, 7.6, "recorded GM, treadmill gait"),
        recorded("treadmill_walk.edf", "EMG TA", 0, 7.6, "recorded TA, treadmill gait"),
        recorded("elderly_id13.edf", "EMG TA", 10, 20, "recorded TA id13, rest"),
    ]
    steady = [effort_of(n, Kind.STRETCHING, 0.6, 10.0, "GM") for n in people[:4]]
    gait = [effort_of(people[k], Kind.WALKING, 0.4, 8.0, m) for k, m in ((0, "GM"), (0, "TA"), (1, "GM"))]
    cramps = [cramp_of(n, k)[1] for k, n in enumerate(people[:4])]
    other = neurokit()
    return [*real, *steady, *gait, *(rest_of(n) for n in people[:2]), *cramps, *([other] if other else [])]


def neurokit() -> Signal | None:
    """Return ten seconds of contraction by neurokit2, scaled to 100 uV; None where it is not installed."""
    if find_spec("neurokit2") is None:
        return None
    emg = import_module("neurokit2").emg_simulate(
        duration=10, sampling_rate=1000, burst_number=1, burst_duration=9.9, random_state=1
    )
    uv = np.asarray(emg, np.float64)
    return Signal("neurokit2 contraction (noise)", real=False, fs_hz=FS_HZ, uv=100 * uv / uv.std())


def table_of(signals: list[Signal]) -> str:
    """Return the comparison as a Markdown table."""
    rows = [
        "| signal | mean Hz | median Hz | RMS p5 / p50 / p95 (uV) | p5 / p95 | kurtosis |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for signal in signals:
        f_hz, power = signal.spectrum()
        low, middle, high = np.percentile(signal.levels(), [5, 50, 95])
        peaked = kurtosis(signal.band(), fisher=False)
        rows.append(
            f"| {signal.name} | {(f_hz * power).sum():.0f} | {f_hz[np.searchsorted(power.cumsum(), 0.5)]:.0f} | "
            f"{low:.1f} / {middle:.1f} / {high:.1f} | {low / high:.2f} | {peaked:.1f} |"
        )
    return "\n".join(rows)


def intervals_table(people: list[SimulatedNight]) -> str:
    """Return rates, variability and doublets of simulated units beside Minetto 2009."""
    cramps = [firing_of(cramp_of(people[k % PEOPLE], k)[0]) for k in range(CRAMPS)]
    steady = [
        firing_of(
            voluntary(
                generator(SEED, k, 97), n.limb.pools["GM"], np.full(int(60 * DRIVE_HZ), 0.4), n.person.voluntary_cov
            )
        )
        for k, n in enumerate(people)
    ]
    published = ("14.5 ± 5.1", "44.6 ± 9.7", "4.1 ± 4.7", "23.6 ± 16.2")
    names = ("mean rate (pps)", "interval CoV (%)", "doublets (%)", "active time of a unit (s)")
    rows = ["| units in | published, cramp | simulated cramp | simulated voluntary |", "| --- | --- | --- | --- |"]
    for i, (name, text) in enumerate(zip(names, published, strict=True)):
        ours = [np.concatenate([f[i] for f in found]) for found in (cramps, steady)]
        rows.append(f"| {name} | {text} | " + " | ".join(f"{x.mean():.1f} ± {x.std():.1f}" for x in ours) + " |")
    return "\n".join(rows)


def firing_of(discharges: Discharges) -> list[Floats]:
    """Return rate, CoV (%) without doublets and pauses, doublets (%) and active time (s) of the units."""
    rows: list[tuple[float, float, float, float]] = []
    for unit in np.unique(discharges.unit):
        intervals = np.diff(np.sort(discharges.at_s[discharges.unit == unit]))
        regular = intervals[(intervals > DOUBLET_S) & (intervals < PAUSE_S)]
        if len(regular) >= FEWEST:
            short = intervals[intervals < PAUSE_S]
            cov, doublets = 100 * regular.std() / regular.mean(), 100 * (intervals <= DOUBLET_S).mean()
            rows.append((1 / float(short.mean()), float(cov), float(doublets), float(short.sum())))
    return list(np.array(rows).T)


def draw_spectra(signals: list[Signal], path: Path) -> None:
    """Draw all spectra of contraction, recorded ones in black."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    for signal in signals:
        if "rest" in signal.name:
            continue
        f_hz, power = signal.spectrum()
        colour = "black" if signal.real else ("tab:red" if "cramp" in signal.name else "tab:blue")
        colour = "tab:green" if "neurokit" in signal.name else colour
        axes[0].plot(f_hz, power * 1e3, color=colour, lw=0.8)
        normal = signal.band() / signal.band().std()
        density, edges = np.histogram(normal, np.linspace(-6, 6, 61), density=True)
        axes[1].semilogy((edges[:-1] + edges[1:]) / 2, np.maximum(density, 1e-5), color=colour, lw=0.8)
    axes[0].set(xlabel="Hz", ylabel="share of power (‰)", xlim=(0, 400), title="spectra")
    axes[1].set(xlabel="amplitude / RMS", ylabel="density", title="amplitude distribution")
    for colour, label in (
        ("black", "recorded"),
        ("tab:blue", "simulated voluntary, gait"),
        ("tab:red", "simulated cramp"),
        ("tab:green", "neurokit2"),
    ):
        axes[0].plot([], [], color=colour, label=label)
    axes[0].legend(fontsize=8)
    figure.savefig(path, dpi=80)
    plt.close(figure)


def draw_traces(signals: list[Signal], path: Path) -> None:
    """Draw a second and the envelope of each signal."""
    chosen = [s for s in signals if "neurokit" not in s.name]
    chosen = [
        *(s for s in chosen if s.real and "id01" not in s.name),
        *(s for s in chosen if not s.real and ("person 0" in s.name or "cramp 1" in s.name or "cramp 2" in s.name)),
    ]
    figure, axes = plt.subplots(len(chosen), 2, figsize=(11, 1.25 * len(chosen)), layout="constrained")
    for (left, right), signal in zip(axes, chosen, strict=True):
        middle = len(signal.uv) // 2
        part = signal.band()[middle : middle + round(signal.fs_hz)]
        left.plot(np.arange(len(part)) / signal.fs_hz, part, lw=0.5, color="black" if signal.real else "tab:blue")
        n = round(0.05 * signal.fs_hz)
        band = signal.band()
        envelope = np.sqrt((band[: len(band) // n * n].reshape(-1, n) ** 2).mean(axis=1))
        right.plot(np.arange(len(envelope)) * 0.05, envelope, lw=0.6, color="black" if signal.real else "tab:blue")
        left.set_title(f"{signal.name}: one second, uV", fontsize=8, loc="left")
        right.set_title("envelope: RMS of 50 ms, uV, over s", fontsize=8, loc="left")
        for axis in (left, right):
            axis.tick_params(labelsize=6)
    figure.savefig(path, dpi=70)
    plt.close(figure)


def draw_cramps(people: list[SimulatedNight], path: Path) -> None:
    """Draw some cramps: EMG, and which unit fires when."""
    figure, axes = plt.subplots(4, 2, figsize=(11, 7), layout="constrained")
    for row, (number, duration_s) in enumerate(((0, 25.0), (1, 60.0), (5, 150.0), (6, 400.0))):
        found, signal = cramp_of(people[number], number, duration_s)
        axes[row, 0].plot(np.arange(len(signal.uv))[::4] / FS_HZ, signal.uv[::4], lw=0.2)
        axes[row, 0].set_title(f"{signal.name}: uV over s", fontsize=8, loc="left")
        order = np.unique(found.unit, return_inverse=True)[1]
        axes[row, 1].plot(found.at_s[::3], order[::3], ",", color="black")
        axes[row, 1].set_title("discharges of its units (one in three)", fontsize=8, loc="left")
    figure.savefig(path, dpi=70)
    plt.close(figure)


def speed(name: str) -> float:
    """Seconds of night per second of computing."""
    total_s, started_s = 0, time.perf_counter()
    for night in Cohort(SEED, 2, 1, PROFILES[name]):
        total_s += night.duration_s
        for _ in night:
            pass
    return total_s / (time.perf_counter() - started_s)


def main() -> None:
    """Draw and print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures", type=Path, default=Path("docs/figures"), help="folder for the figures")
    figures: Path = parser.parse_args().figures
    figures.mkdir(parents=True, exist_ok=True)
    mpl.use("Agg")
    people = nights()
    signals = all_signals(people)
    print(table_of(signals), intervals_table(people), sep="\n\n")
    draw_spectra(signals, figures / "simulation_spectra.png")
    draw_traces(signals, figures / "simulation_traces.png")
    draw_cramps(people, figures / "simulation_cramps.png")
    for name in PROFILES:
        print(f"{name}: {speed(name):.0f} times real time")


if __name__ == "__main__":
    main()

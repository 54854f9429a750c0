"""Makes recordings/samples from the folder of real recordings: python scripts/make_samples.py DATA_DIR.

Nine files are copied. `composite_night.edf` is a COMPOSITE of pieces of them, 425 s long: nobody lay there and
no cramp was recorded. Its 60-s contraction is a repeated voluntary one that stands in for a cramp.
"""  # noqa: INP001 - a script, not a package

import csv
import hashlib
import shutil
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
from edfio import read_edf
from numpy.typing import NDArray
from scipy.signal import resample_poly

from recordings import Annotation, write_edf
from signals import Channel, Stream

Samples = NDArray[np.float64]

COPIES = (
    "emg_gait/treadmill_walk.edf",
    "emg_wearable/biceps_fatigue.edf",
    "emg_wearable/biceps_bursts.edf",
    "emg_wearable/thumb_rest_and_twitches.edf",
    "emg_isometric/elderly_id01.edf",
    "emg_isometric/elderly_id07.edf",
    "emg_isometric/elderly_id13.edf",
    "accel_gait/shank_sub06_walk1.edf",
    "accel_gait/shank_sub11_walk1.edf",
)
COMPOSITE = "composite_night.edf"
EVENTS = "composite_night_events.tsv"
TARGET = Path(__file__).parent.parent / "recordings" / "samples"

EMG_HZ, ACC_HZ = 1000, 100
FADE_S = 0.05
NIGHT_S = 425
FIRST_MOVEMENT_S, MOVEMENT_INTERVAL_S = 60, 14  # one every 5 to 90 s is a series of movements (WASM 2016)
CONTRACTION_S = (205, 265)
GET_UP_S, STAND_S, WALK_S, LIE_DOWN_S, LYING_S = 315, 319, 320, 379, 383
# onset and end (s) of contractions 2 to 9 of biceps_bursts.edf: 100-ms RMS of 20-450 Hz above 12 uV
BURSTS_S = (
    (4.416, 5.766),
    (7.741, 9.444),
    (11.434, 12.730),
    (14.288, 15.709),
    (17.268, 18.500),
    (20.251, 21.664),
    (23.260, 24.697),
    (26.237, 27.891),
)
BURST_MARGIN_S = 0.1
STRIDES_S = (1.400, 6.582)  # first and last foot contact of treadmill_walk.edf: five strides
LYING_G = np.array([0.1, -0.2, 0.97]) / np.linalg.norm([0.1, -0.2, 0.97])
NOISE_G = 0.0015  # the noise of the sensor of shank_*.edf
WIGGLE_G, WIGGLE_HZ = 0.04, 3.0


def channel(data: Path, file: str, label: str, from_s: float, to_s: float) -> Samples:
    """Return a piece of a real recording, brought from 2000 to 1000 Hz where it has that rate."""
    signal = read_edf(data / file).get_signal(label)
    fs_hz = signal.sampling_frequency
    piece = signal.data[round(from_s * fs_hz) : round(to_s * fs_hz)]
    return resample_poly(piece, 1, 2) if fs_hz == 2 * EMG_HZ else np.array(piece)


def lay(onto: Samples, piece: Samples, at_s: float) -> None:
    """Put `piece` into `onto` at `at_s`, faded in and out over 50 ms with constant power."""
    n_fade = round(FADE_S * EMG_HZ)
    weight = np.ones(len(piece))
    weight[:n_fade] = np.sin(np.linspace(0, np.pi / 2, n_fade))
    weight[-n_fade:] = weight[:n_fade][::-1]
    start = round(at_s * EMG_HZ)
    under = onto[start : start + len(piece)]
    under[:] = under * np.sqrt(1 - weight**2) + piece * weight


def repeated(tile: Samples, length_s: float) -> Samples:
    """Repeat `tile` to `length_s`, each copy faded into the next."""
    n_samples = round(length_s * EMG_HZ)
    whole = np.zeros(n_samples + len(tile))
    whole[: len(tile)] = tile
    step = len(tile) - round(FADE_S * EMG_HZ)
    for start in range(step, n_samples, step):
        lay(whole, tile[: len(whole) - start], start / EMG_HZ)
    return whole[:n_samples]


def shuffled_rest(tile: Samples, rng: np.random.Generator) -> Samples:
    """Return a night of pieces of 2 to 5 s of `tile`, in random order, faded into one another."""
    night = np.zeros(NIGHT_S * EMG_HZ + len(tile))
    position = 0
    while position < NIGHT_S * EMG_HZ:
        length = int(rng.integers(2 * EMG_HZ, 5 * EMG_HZ))
        start = int(rng.integers(0, len(tile) - length))
        lay(night, tile[start : start + length], position / EMG_HZ)
        position += length - round(FADE_S * EMG_HZ)
    return night[: NIGHT_S * EMG_HZ]


def movements_s() -> list[tuple[float, float]]:
    """Onset and duration of the eight leg movements in the composite."""
    return [
        (FIRST_MOVEMENT_S + i * MOVEMENT_INTERVAL_S, round(end - onset, 3))
        for i, (onset, end) in enumerate(BURSTS_S)
    ]


def emg(data: Path, rng: np.random.Generator) -> Samples:
    """Compose EMG L-GM and EMG L-TA, shape (n_samples, 2), in uV."""
    id13 = "emg_isometric/elderly_id13.edf"
    gm = shuffled_rest(channel(data, id13, "EMG TA", 12, 20), rng)
    ta = shuffled_rest(channel(data, "emg_isometric/elderly_id07.edf", "EMG BF", 0, 10), rng)
    for (onset_s, end_s), (at_s, _) in zip(BURSTS_S, movements_s(), strict=True):
        burst = channel(
            data, "emg_wearable/biceps_bursts.edf", "EMG BB", onset_s - BURST_MARGIN_S, end_s + BURST_MARGIN_S
        )
        lay(gm, burst, at_s - BURST_MARGIN_S)
    contraction = channel(data, id13, "EMG TA", 20.1, 29.9)
    lay(gm, repeated(contraction, CONTRACTION_S[1] - CONTRACTION_S[0]), CONTRACTION_S[0])
    for night, label in ((gm, "EMG GM"), (ta, "EMG TA")):
        strides = channel(data, "emg_gait/treadmill_walk.edf", label, *STRIDES_S)
        lay(night, repeated(strides, LIE_DOWN_S - WALK_S), WALK_S)
    return np.stack([gm, ta], axis=1)


def turned(start_g: Samples, end_g: Samples, length_s: float) -> Samples:
    """Turn gravity from one direction into another, smoothly, along the great circle; shape (n_samples, 3)."""
    angle = np.arccos(np.clip(start_g @ end_g, -1, 1))
    t = np.linspace(0, 1, round(length_s * ACC_HZ))[:, np.newaxis]
    smooth = t * t * (3 - 2 * t)
    return (np.sin((1 - smooth) * angle) * start_g + np.sin(smooth * angle) * end_g) / np.sin(angle)


def acc(data: Path, rng: np.random.Generator) -> Samples:
    """Compose ACC L-X, L-Y and L-Z, shape (n_samples, 3), in g."""
    walk_file = read_edf(data / "accel_gait/shank_sub06_walk1.edf")
    labels = [f"ACC shank L {axis}" for axis in "XYZ"]
    walk = np.stack([walk_file.get_signal(label).data for label in labels], axis=1)
    standing = walk[: round(0.8 * ACC_HZ)].mean(axis=0)
    standing /= np.linalg.norm(standing)
    night = np.tile(LYING_G, (NIGHT_S * ACC_HZ, 1))
    night[GET_UP_S * ACC_HZ : STAND_S * ACC_HZ] = turned(LYING_G, standing, STAND_S - GET_UP_S)
    night[LIE_DOWN_S * ACC_HZ : LYING_S * ACC_HZ] = turned(standing, LYING_G, LYING_S - LIE_DOWN_S)
    for at_s, duration_s in movements_s():
        n_samples = round(duration_s * ACC_HZ)
        wave = np.sin(2 * np.pi * WIGGLE_HZ * np.arange(n_samples) / ACC_HZ) * np.hanning(n_samples)
        night[round(at_s * ACC_HZ) :][:n_samples, 1:] += WIGGLE_G * wave[:, np.newaxis]
    night += rng.normal(0, NOISE_G, night.shape)
    n_walk = (LIE_DOWN_S - STAND_S) * ACC_HZ  # its first second is standing
    weight = np.minimum(1, np.arange(n_walk)[::-1] / (0.5 * ACC_HZ))[:, np.newaxis]
    under = night[STAND_S * ACC_HZ : LIE_DOWN_S * ACC_HZ]
    under[:] = walk[:n_walk] * weight + standing * (1 - weight)
    return night


def events() -> list[tuple[float, float, str, str]]:
    """Onset and duration (s), kind, and making of each piece of the composite."""
    contraction = "repeated voluntary dorsiflexion (elderly_id13 EMG TA 20.1-29.9 s), stands in for a cramp"
    turn = "gravity turned smoothly, made up; EMG at rest"
    listed = [
        *((at_s, length_s, "leg_movement", "biceps_bursts, one contraction") for at_s, length_s in movements_s()),
        (CONTRACTION_S[0], CONTRACTION_S[1] - CONTRACTION_S[0], "cramp_stand_in", contraction),
        (GET_UP_S, STAND_S - GET_UP_S, "position_change", turn),
        (WALK_S, LIE_DOWN_S - WALK_S, "gait", "EMG: treadmill_walk, repeated; ACC: shank_sub06_walk1; not in time"),
        (LIE_DOWN_S, LYING_S - LIE_DOWN_S, "position_change", turn),
    ]
    return [(float(onset), float(length), kind, making) for onset, length, kind, making in listed]


def make_composite(data: Path) -> None:
    """Write the composite night and its truth."""
    rng = np.random.default_rng(20260115)
    emg_channels = tuple(Channel(f"EMG L-{site}", "EMG", "L", site, (-1000.0, 1000.0)) for site in ("GM", "TA"))
    acc_channels = tuple(Channel(f"ACC L-{axis}", "ACC", "L", axis, (-8.0, 8.0)) for axis in "XYZ")
    write_edf(
        TARGET / COMPOSITE,
        (Stream("emg", EMG_HZ, emg_channels), Stream("acc", ACC_HZ, acc_channels)),
        (emg(data, rng), acc(data, rng)),
        datetime(2026, 1, 15, 23, 0),  # noqa: DTZ001 - EDF knows no zone
        "composite",
        (Annotation(0.0, None, "composite of real recordings"),),
    )
    with (TARGET / EVENTS).open("w", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(("onset", "duration", "trial_type", "made_how"))
        table.writerows((f"{onset:g}", f"{length:g}", kind, how) for onset, length, kind, how in events())


def make_index(data: Path) -> None:
    """Write index.csv: checksum, source, licence and making of every file."""
    with (data / "index.csv").open(newline="") as file:
        origin = {row["file"]: (row["source"], row["licence"]) for row in csv.DictReader(file)}
    rows = [(Path(name).name, *origin[name], "copied unchanged") for name in COPIES]
    used = "elderly_id07, elderly_id13, biceps_bursts, treadmill_walk, shank_sub06_walk1"
    made = (
        "COMPOSITE, made by scripts/make_samples.py: rest is elderly_id13 EMG TA 12-20 s (GM) and elderly_id07 EMG "
        "BF 0-10 s (TA) in shuffled pieces; gravity while lying and its noise are made up; no cramp was recorded: "
        "the 60-s contraction is a repeated voluntary one; the other pieces stand in composite_night_events.tsv"
    )
    rows.append((COMPOSITE, used, "CC0-1.0 and MIT", made))
    rows.append((EVENTS, used, "CC0-1.0 and MIT", "truth of the composite, written by scripts/make_samples.py"))
    with (TARGET / "index.csv").open("w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("file", "sha256", "source", "licence", "made_how"))
        for name, source, licence, how in rows:
            checksum = hashlib.sha256((TARGET / name).read_bytes()).hexdigest()
            table.writerow((name, checksum, source, licence, how))


def main() -> None:
    """Make all samples from the folder named on the command line."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the script and one folder
        sys.exit(__doc__)
    data = Path(sys.argv[1])
    (TARGET / "licences").mkdir(parents=True, exist_ok=True)
    for name in COPIES:
        shutil.copyfile(data / name, TARGET / Path(name).name)
    for licence in sorted((data / "licences").iterdir()):
        if "rsleep" not in licence.name:  # its event lists are not among the samples
            shutil.copyfile(licence, TARGET / "licences" / licence.name)
    make_composite(data)
    make_index(data)


if __name__ == "__main__":
    main()

"""What the wire format costs and what its difference coding saves, as Markdown tables.

Run: python benchmarks/wire_coding.py

Signals: the recordings of `recordings.samples` (none of a cramp, none of a night), and a quarter of an hour of
each of four simulated nights; at most 20,000 frames. Counts are made with one gain for all: 0.1 uV in 16 bits,
0.024 uV in 24 bits (an ADS1292 at a gain of 12), 4 g / 2^15 for acceleration. The recordings are no finer than
0.03 to 0.08 uV, so 24 bits are shown for simulated signals only.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import edfio
import numpy as np
from numpy.typing import NDArray

from firmware_bridge.wire.decoder import Decoder
from firmware_bridge.wire.envelope import Unwrapper, wrap
from firmware_bridge.wire.frames import ACC, EMG, SAMPLE_HEADER, Layout, SampleFrame, encode_samples
from recordings.samples import sample_path
from signals import Counts, SampleBlock
from simulation import Cohort

PAYLOADS = (20, 61, 182, 244)
RATES_HZ = (250, 500, 1000, 2000)
GAINS_UV = {16: 0.1, 24: 0.024}
GAIN_G = 4 / 2**15
LONGEST_FRAME_S = 0.25
MOST_ROWS = 255
SEED, NIGHTS, FROM_S, UNTIL_S = 2026, 4, 3600, 4500
MOST_FRAMES = 20_000
RECORDED = {
    "treadmill walk, GM": ("treadmill_walk.edf", ("EMG GM",)),
    "treadmill walk, GM and TA": ("treadmill_walk.edf", ("EMG GM", "EMG TA")),
    "biceps, to fatigue": ("biceps_fatigue.edf", ("EMG BB",)),
    "biceps, bursts and rest": ("biceps_bursts.edf", ("EMG BB",)),
    "thumb, rest and twitches": ("thumb_rest_and_twitches.edf", ("EMG AP",)),
    "elderly, TA, trials 1": ("elderly_id01.edf", ("EMG TA",)),
    "elderly, TA, trials 7": ("elderly_id07.edf", ("EMG TA",)),
    "elderly, TA, trials 13": ("elderly_id13.edf", ("EMG TA",)),
    "shank, walking, acceleration": ("shank_sub06_walk1.edf", tuple(f"ACC shank R {axis}" for axis in "XYZ")),
}


@dataclass(frozen=True, slots=True)
class Signal:
    """Counts of one stream of a sensor."""

    name: str
    stream: str
    fs_hz: float
    bits: int
    counts: Counts


def counted(values: NDArray[np.float64], gain: float, bits: int) -> Counts:
    """Convert as a sensor would, up to its rails."""
    half = 1 << (bits - 1)
    return np.clip(np.rint(values / gain), -half, half - 1).astype(np.int32)


def recorded() -> Iterator[Signal]:
    """Read the recordings."""
    for name, (file, labels) in RECORDED.items():
        channels = {signal.label: signal for signal in edfio.read_edf(str(sample_path(file))).signals}
        values = np.stack([channels[label].data for label in labels], axis=1)
        stream = EMG if labels[0].startswith("EMG") else ACC
        gain = GAINS_UV[16] if stream == EMG else GAIN_G
        yield Signal(name, stream, channels[labels[0]].sampling_frequency, 16, counted(values, gain, 16))


def simulated() -> Iterator[Signal]:
    """Simulate a quarter of an hour of some nights."""
    parts: dict[str, list[NDArray[np.float64]]] = {EMG: [], ACC: []}
    rates: dict[str, float] = {}
    for night in Cohort(SEED, NIGHTS, 1):
        rates = {stream.name: stream.fs_hz for stream in night.streams}
        for item in night:
            at_s = item.first_sample / rates[item.stream]
            if at_s >= UNTIL_S:
                break
            if isinstance(item, SampleBlock) and at_s >= FROM_S:
                parts[item.stream].append(item.values)
    emg, acc = np.concatenate(parts[EMG]), np.concatenate(parts[ACC])
    yield Signal("simulated nights, GM", EMG, rates[EMG], 16, counted(emg[:, :1], GAINS_UV[16], 16))
    yield Signal("simulated nights, GM", EMG, rates[EMG], 24, counted(emg[:, :1], GAINS_UV[24], 24))
    yield Signal("simulated nights, GM and TA", EMG, rates[EMG], 16, counted(emg, GAINS_UV[16], 16))
    yield Signal("simulated nights, GM and TA", EMG, rates[EMG], 24, counted(emg, GAINS_UV[24], 24))
    yield Signal("simulated nights, acceleration", ACC, rates[ACC], 16, counted(acc, GAIN_G, 16))


def frame_of(signal: Signal, first: int, rows: int, layout: Layout) -> bytes:
    """Encode some rows of a signal."""
    counts = np.ascontiguousarray(signal.counts[first : first + rows])
    return encode_samples(SampleFrame(signal.stream, 1, 0, first, 0, counts), layout)


def rows_a_frame(layout: Layout, payload: int, fs_hz: float) -> int:
    """Rows of a plain frame: as many as fit, but no more than 250 ms."""
    return max(1, min(layout.rows_within(payload), int(fs_hz * LONGEST_FRAME_S)))


def saved_by_coding(signal: Signal, payload: int) -> tuple[float, float]:
    """Return the share of bytes saved in frames of as many rows as plain ones, and the share that stayed plain."""
    plain = Layout(signal.counts.shape[1], signal.bits)
    coded = Layout(plain.channels, plain.bits, coded=True)
    rows = rows_a_frame(plain, payload, signal.fs_hz)
    sizes = np.array([len(frame_of(signal, i, rows, coded)) for i in range(0, len(signal.counts) - rows + 1, rows)])
    full = SAMPLE_HEADER.size + rows * plain.row_bytes
    return 1 - float(sizes.mean()) / full, float((sizes == full).mean())


def frames_saved(signal: Signal, payload: int) -> tuple[float, float]:
    """Return the share of frames and of bytes saved where a frame takes rows until its coded form is full."""
    plain = Layout(signal.counts.shape[1], signal.bits)
    rows = rows_a_frame(plain, payload, signal.fs_hz)
    most = min(MOST_ROWS, int(signal.fs_hz * LONGEST_FRAME_S))
    steps = np.diff(signal.counts, axis=0)
    folded = np.where(steps >= 0, 2 * steps, -2 * steps - 1)
    head = SAMPLE_HEADER.size + 1 + plain.channels + plain.row_bytes
    frames, total, at, end = 0, 0, 0, len(signal.counts) - most
    while at < end:
        tops = np.maximum.accumulate(folded[at : at + most - 1], axis=0)
        widths = np.ceil(np.log2(tops + 1)).astype(int).sum(axis=1)
        sizes = head + (np.arange(1, most) * widths + 7) // 8
        n = int(np.searchsorted(sizes, payload, side="right")) + 1
        taken = max(n, rows)
        total += min(int(sizes[n - 2]) if n > 1 else payload, SAMPLE_HEADER.size + taken * plain.row_bytes)
        frames, at = frames + 1, at + taken
    full = SAMPLE_HEADER.size + rows * plain.row_bytes
    return 1 - frames / (at / rows), 1 - total / (at / rows * full)


def print_load() -> None:
    """Print what plain EMG costs on a link."""
    print("\n| channels | bits | Hz |" + "".join(f" {payload} |" for payload in PAYLOADS))
    print("|---" * (3 + len(PAYLOADS)) + "|")
    for channels in (1, 2):
        for bits in (16, 24):
            for rate in RATES_HZ:
                layout, cells = Layout(channels, bits), ""
                for payload in PAYLOADS:
                    frames = rate / rows_a_frame(layout, payload, rate)
                    total = frames * SAMPLE_HEADER.size + rate * layout.row_bytes
                    cells += f" {frames:.4g} / {total / 1000:.3g} |"
                print(f"| {channels} | {bits} | {rate} |{cells}")


def print_savings() -> None:
    """Print what coding saves of each signal."""
    print(
        "\n| signal | Hz | bits |"
        + "".join(f" {payload} |" for payload in PAYLOADS)
        + " frames, 182 | frames, 244 |"
    )
    print("|---" * (5 + len(PAYLOADS)) + "|")
    for source in (recorded, simulated):
        for signal in source():
            cells = ""
            for payload in PAYLOADS:
                saved, stayed = saved_by_coding(signal, payload)
                cells += f" {saved:.0%} ({stayed:.0%}) |"
            cells += "".join(f" {frames_saved(signal, payload)[0]:.0%} |" for payload in PAYLOADS[2:])
            print(f"| {signal.name} | {signal.fs_hz:g} | {signal.bits} |{cells}", flush=True)


def least_us(work: Callable[[], object], n: int) -> float:
    """Return the least time of seven, in microseconds for each of `n`."""
    times: list[float] = []
    for _ in range(7):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times) / n * 1e6


def print_speed() -> None:
    """Print what a frame costs here."""
    rng = np.random.default_rng(SEED)
    signal = Signal("", EMG, 1000, 16, rng.normal(0, 30, (50_000, 2)).astype(np.int32))
    print("\n| 50 rows of 2 channels, us a frame | one at a time | 1,000 at once |\n|---|---|---|")
    for layout in (Layout(2, 16), Layout(2, 16, coded=True)):
        frames = [frame_of(signal, first, 50, layout) for first in range(0, 50_000, 50)]
        decoder = Decoder({EMG: layout})
        alone = least_us(lambda: [decoder.decode([frame]) for frame in frames], len(frames))  # noqa: B023 - used at once
        at_once = least_us(lambda: decoder.decode(frames), len(frames))  # noqa: B023 - used at once
        print(f"| {'differences' if layout.coded else 'plain'} | {alone:.1f} | {at_once:.1f} |")
        line = b"".join(map(wrap, frames))
    unwrapper = Unwrapper()
    print(f"| unwrapping of a serial line | | {least_us(lambda: unwrapper.feed(line), len(frames)):.1f} |")


if __name__ == "__main__":
    print_load()
    print_speed()
    print_savings()

"""Signals with planted truth: white noise in the EMG band, louder where a contraction is planted."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detection import DetectionSettings, Detector, Ended, Episode
from signals import Channel, SampleBlock, Stream, StreamItem

REST_UV = 3.0
LYING_G = (0.1, -0.2, 0.97)

Floats = NDArray[np.float64]
Planted = tuple[float, float, float]
"""A contraction: onset in s, end in s, RMS in uV."""


def emg_stream(fs_hz: float = 1000.0, *sites: str) -> Stream:
    """Return the EMG stream of a left leg, of gastrocnemius medialis where nothing else is asked for."""
    names = sites or ("GM",)
    return Stream("emg", fs_hz, tuple(Channel(f"EMG L-{s}", "EMG", "L", s) for s in names))


def acc_stream(fs_hz: float = 52.0) -> Stream:
    """Return the acceleration stream of a left leg."""
    return Stream("acc", fs_hz, tuple(Channel(f"ACC L-{axis}", "ACC", "L", axis) for axis in "XYZ"))


def muscle(
    duration_s: float, *planted: Planted, fs_hz: float = 1000.0, rest_uv: float = REST_UV, seed: int = 0
) -> Floats:
    """One EMG channel, shape (n, 1): white noise of `rest_uv` RMS, of the planted RMS inside contractions."""
    rng = np.random.default_rng(seed)
    scale = np.full(round(duration_s * fs_hz), rest_uv)
    for onset_s, end_s, rms_uv in planted:
        scale[round(onset_s * fs_hz) : round(end_s * fs_hz)] = rms_uv
    return np.asfortranarray((rng.standard_normal(len(scale)) * scale)[:, None])


def lying(duration_s: float, fs_hz: float = 52.0, seed: int = 1) -> Floats:
    """Acceleration of a leg that lies still, shape (n, 3): gravity and 2 mg of noise."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((round(duration_s * fs_hz), 3)) * 0.002
    return np.asfortranarray(noise + np.array(LYING_G))


def detect(streams: Sequence[Stream], *values: Floats, **settings: Any) -> tuple[Detector, list[Episode]]:
    """Run a detector over whole streams at once; return it and the episodes that closed."""
    detector = Detector(streams, replace(DetectionSettings(), **settings))
    found = [
        episode
        for stream, block in zip(streams, values, strict=True)
        for episode in detector.update(SampleBlock(stream.name, 0, block))
    ]
    found += detector.finish()
    return detector, [episode for episode in found if episode.ended is not Ended.OPEN]


def cut(stream: Stream, values: Floats, lengths: Iterator[int]) -> Iterator[StreamItem]:
    """Cut a stream into blocks of the given lengths, the last as long as what is left."""
    first = 0
    while first < len(values):
        length = next(lengths)
        yield SampleBlock(stream.name, first, values[first : first + length])
        first += length

"""What a learned classifier is shown of an episode: the features that no gain and no front end changes."""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from models.features import Features
from models.rules import RuleSettings

Floats = NDArray[np.float64]

LEFT_OUT = (
    *("floor_uv", "rest_seen_s", "peak_uv", "median_uv", "frequency_hz"),
    *("frequency_shift_hz", "modulation_hz", "crosstalk", "interval_s"),
)
"""Levels depend on gain and electrodes, frequency on their spacing; known rest is a condition, no evidence. How the
frequency moves, where the strongest of many weak modulations lies, how much is heard across muscles and what came
before depend on how a night is made up."""

INPUTS = tuple(field.name for field in fields(Features) if field.name not in LEFT_OUT)


def inputs_of(features: Sequence[Features]) -> Floats:
    """Return the inputs of episodes, shape (n, len(INPUTS)); NaN is undefined."""
    rows = [[getattr(each, name) for name in INPUTS] for each in features]
    return np.array(rows, np.float64).reshape(-1, len(INPUTS))


def could_be_cramp(features: Features, rules: RuleSettings) -> bool:
    """Whether the definition allows an episode to be a cramp, whatever a model says of it."""
    return (
        features.observed_s >= rules.cramp_min_s
        and features.duration_s <= rules.cramp_max_s
        and features.rest_seen_s >= rules.rest_min_s
    )

"""Whether other muscles take part in a contraction, or whether their electrodes merely hear it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection import Episode

Floats = NDArray[np.float64]
NAN = float("nan")
STEPS_MIN = 20  # changes of power, one per hop, below which nothing is said of what is heard


@dataclass(frozen=True, slots=True)
class Coactivation:
    """The other muscles in an episode; NaN without one, and where too little was observed.

    `relative` is the level over its floor of the loudest other muscle, relative to that of the scored one.
    `own` is the same without the floor and without what the electrodes hear of the scored muscle, in uV per uV
    beyond the floor. `heard` tells how far the quick changes of both are the same: 1 for crosstalk, which is a
    copy, 0 for a muscle with potentials of its own, however similar its course.
    """

    relative: float = NAN
    own: float = NAN
    heard: float = NAN


def coactivation_of(episode: Episode, part: slice) -> Coactivation:
    """Measure the other muscles in a part (hops) of an episode."""
    level = episode.envelope.level_uv[:, part]
    known: NDArray[np.bool_] = np.logical_and.reduce(np.isfinite(level), axis=0)
    active = episode.active()[part] & known
    if len(level) == 1 or not active.any():
        return Coactivation()
    relative = level[:, active] / np.array(episode.floor_uv)[:, None]
    loudest = float(np.median(relative[1:] / relative[0], axis=1).max())
    power = level**2
    steps = np.diff(power, n=2, axis=1)[:, known[2:] & known[1:-1] & known[:-2]]
    if steps.shape[1] < STEPS_MIN:
        return Coactivation(loudest)
    beyond = np.maximum(power[:, active].mean(axis=1) - np.array(episode.floor_uv) ** 2, 0.0)
    shared = [_shared(steps[0], other) for other in steps[1:]]
    own = [max(0.0, b - gain * beyond[0]) for b, (gain, _) in zip(beyond[1:].tolist(), shared, strict=True)]
    most = int(np.argmax(own))
    tiny = float(np.finfo(float).tiny)
    return Coactivation(loudest, float(np.sqrt(own[most] / max(float(beyond[0]), tiny))), shared[most][1])


def _shared(scored: Floats, other: Floats) -> tuple[float, float]:
    """Regress the changes of one power on those of another: gain (at least 0) and correlation.

    What a muscle and its crosstalk share is noise, and changes from hop to hop; what two muscles with a common
    drive share changes slowly. The second difference of a power over 0.5 s is the change from one hop to the next,
    less that of 0.5 s before, in which a course of 1 Hz is down to a tenth.
    """
    both, own, others = float(scored @ other), float(scored @ scored), float(other @ other)
    if own <= 0 or others <= 0:
        return 0.0, NAN
    return max(0.0, both / own), both / float(np.sqrt(own * others))

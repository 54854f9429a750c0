"""What a wearer does awake and lying: lie tense, and stretch; spans from which each is drawn."""

from dataclasses import dataclass

from simulation.randomness import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Tonic activity and stretching. No source gives numbers for either at night: all of it is assumption.

    `shin` is the drive of the shin relative to the calf, `waver` the depth of slow changes of the level,
    `unsteadiness` that of quicker ones (1 Hz), `still_chance` that of a leg that does not move at all meanwhile.
    """

    tonic_s: Span = (10.0, 900.0)
    tonic_strength: Span = (0.01, 0.2)
    still_chance: float = 0.3
    ramp_s: Span = (0.3, 8.0)
    unsteadiness: float = 0.05
    waver: Span = (0.05, 0.4)
    shin: Span = (0.1, 1.5)
    lateral: Span = (0.6, 1.2)
    stretching_s: Span = (1.0, 10.0)

"""Many wearers over many nights from one seed."""

from collections.abc import Iterator
from dataclasses import dataclass

from simulation.night import SimulatedNight
from simulation.profiles import OLDER, Profile
from simulation.wearers import wearer


@dataclass(frozen=True, slots=True)
class Cohort:
    """`wearers` people over `nights` nights each; iterating gives the nights, wearer by wearer.

    Night m of wearer k depends on seed and profile alone, not on how many wearers or nights are asked for.
    Raises `ValueError` for a negative seed or number.
    """

    seed: int
    wearers: int
    nights: int
    profile: Profile = OLDER

    def __post_init__(self) -> None:
        for name in ("seed", "wearers", "nights"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}; it must not be negative")

    def __len__(self) -> int:
        return self.wearers * self.nights

    def __iter__(self) -> Iterator[SimulatedNight]:
        for number in range(self.wearers):
            for night in range(self.nights):
                yield self.night(number, night)

    def night(self, number: int, night: int) -> SimulatedNight:
        """Return one night, both numbers from 0."""
        return SimulatedNight(self.seed, wearer(self.seed, number, self.profile), night, self.profile)

"""The clock of a sensor: a 32 768-Hz crystal on a warm leg."""

from dataclasses import dataclass
from math import exp

TICK_HZ = 32768
CURVE_PPM = 0.034  # per °C², of a tuning fork: typical of data sheets (Epson FC-135, Micro Crystal CM7V)
BEST_C = 25.0  # where a tuning fork runs fastest


@dataclass(frozen=True, slots=True)
class Crystal:
    """How fast a crystal runs: `ppm` too fast at 25 °C, slower away from it, while the sensor warms up on the skin.

    The temperature goes from `cool_c` to `warm_c` with the time constant `warming_s`.
    """

    ppm: float = 20.0
    cool_c: float = 21.0
    warm_c: float = 33.0
    warming_s: float = 1800.0

    def __post_init__(self) -> None:
        if not abs(self.ppm) <= 1000:  # noqa: PLR2004 - ten times what any crystal is off
            raise ValueError(f"a crystal off by {self.ppm} ppm; at most 1000 either way")
        if not self.warming_s > 0:
            raise ValueError(f"a sensor that warms up in {self.warming_s} s; it must be above 0")

    def temperature_c(self, true_s: float) -> float:
        """Temperature of the sensor, `true_s` seconds after it was put on."""
        return self.warm_c + (self.cool_c - self.warm_c) * exp(-true_s / self.warming_s)

    def seconds(self, true_s: float) -> float:
        """Seconds that the crystal counts in `true_s` true ones: the integral of its rate."""
        above, rise, tau = self.warm_c - BEST_C, self.warm_c - self.cool_c, self.warming_s
        once, twice = tau * (1 - exp(-true_s / tau)), tau / 2 * (1 - exp(-2 * true_s / tau))
        squares = above**2 * true_s - 2 * above * rise * once + rise**2 * twice
        return true_s + 1e-6 * (self.ppm * true_s - CURVE_PPM * squares)

    def true_s(self, seconds: float) -> float:
        """Return the true time at which the crystal has counted `seconds`; the inverse, to 1 ns."""
        true_s = seconds
        for _ in range(4):  # the rate is within 0.2 % of 1: every round gains three digits
            true_s += seconds - self.seconds(true_s)
        return true_s

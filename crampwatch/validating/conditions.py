"""The nights of a validation: a fixed test cohort, and conditions that nothing was trained or tuned on.

The seeds below are used for nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from simulation import PROFILES, Cohort, Profile, SimulatedNight

OLDER = PROFILES["older"]
TEST_SEED, NO_CRAMPS_SEED, SHIFTED_SEED = 20261, 20262, 20263
SHIFTED_CRAMPS = 1.0  # a night, so that a few nights say something about sensitivity


@dataclass(frozen=True, slots=True)
class Condition:
    """Cohorts that are evaluated together: a name, and what they are in words."""

    name: str
    words: str
    cohorts: tuple[Cohort, ...]

    def nights(self) -> Iterator[tuple[str, str, SimulatedNight]]:
        """Give every night with its name and that of its wearer, unique within the condition."""
        for number, cohort in enumerate(self.cohorts):
            for k in range(cohort.wearers):
                for m in range(cohort.nights):
                    wearer = f"{self.name}-{number}-{k + 1:03d}"
                    yield f"{wearer}-{m + 1:02d}", wearer, cohort.night(k, m)


def main_cohort(share: float) -> Condition:
    """Return the test cohort: 100 wearers as they come and 55 without cramps, two nights each, times `share`."""
    words = "older wearers as the simulator draws them (cohort `older`), and wearers without cramps (`no-cramps`)"
    cramps = Cohort(TEST_SEED, _wearers(100, share), 2, OLDER)
    none = Cohort(NO_CRAMPS_SEED, _wearers(55, share), 2, PROFILES["no-cramps"])
    return Condition("test", words, (cramps, none))


def shifted_conditions(share: float) -> tuple[Condition, ...]:
    """Return the shifted conditions, 8 wearers of two nights each, times `share`."""
    rates = replace(OLDER.rates, cramps=SHIFTED_CRAMPS)
    base = replace(OLDER, rates=rates)
    electronics = base.electronics
    noisy = replace(
        electronics, floor_uv=4.5, floor_waver=0.25, baseline_uv=(20.0, 80.0), hum_chance=1.0, hum_uv=(10.0, 40.0)
    )
    busy = replace(rates, turns_per_h=12.0, plm_per_h=60.0, stretching=5.0, bathroom=4.0, tonic=2.4, alma=2.0)
    shifted = (
        (
            "noise",
            "twice the floor, wavering, mains of 10-40 uV, restless baseline",
            replace(base, electronics=noisy),
        ),
        ("spacing", "electrodes 30 mm apart", replace(base, conductor=replace(base.conductor, spacing_m=0.030))),
        ("busy", "two to three times the mimics", replace(base, rates=busy)),
        ("500-hz", "EMG at 500 Hz", replace(base, electronics=replace(electronics, fs_hz=500.0))),
        ("no-acc", "no accelerometer", replace(base, electronics=replace(electronics, accelerometer=False))),
        ("weak", "cramps of 2-6 % of the MVC", replace(base, cramp=replace(base.cramp, mvc_share=(0.02, 0.06)))),
    )
    return tuple(_shifted(name, words, profile, share) for name, words, profile in shifted)


def _shifted(name: str, words: str, profile: Profile, share: float) -> Condition:
    return Condition(name, words, (Cohort(SHIFTED_SEED, _wearers(8, share), 2, profile),))


def _wearers(number: int, share: float) -> int:
    return max(1, round(number * share))

"""Made-up wearers: motor units, cramps, mimics and artefacts, whole nights with known truth."""

from simulation.cohort import Cohort
from simulation.kinds import MIMICS, Kind
from simulation.night import SimulatedNight
from simulation.profiles import PROFILES, Profile
from simulation.truth import TrueEvent

__all__ = ["MIMICS", "PROFILES", "Cohort", "Kind", "Profile", "SimulatedNight", "TrueEvent"]

"""Sample size by simulation: what a trial of so many people would conclude from the sensor and from the diary."""

from trial.power.assumptions import Design, assumptions_of, read_design, write_assumptions
from trial.power.closed_form import Comparison, VarianceMethod
from trial.power.errors import PowerError
from trial.power.points import Point, Simulator
from trial.power.running import Answers, Block, run
from trial.power.study import PowerStudy, study_power

__all__ = [
    "Answers",
    "Block",
    "Comparison",
    "Design",
    "Point",
    "PowerError",
    "PowerStudy",
    "Simulator",
    "VarianceMethod",
    "assumptions_of",
    "read_design",
    "run",
    "study_power",
    "write_assumptions",
]

"""Everything that can be chosen in an evaluation; it stands in every result."""

from dataclasses import dataclass, field

from models.evaluation.matching import Tolerance
from models.evaluation.trial import TrialRates


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationSettings:
    """Tolerance of the matching, trial to compute for, and the bootstrap's replicates and seed."""

    tolerance: Tolerance = field(default_factory=Tolerance)
    trial: TrialRates = field(default_factory=TrialRates)
    replicates: int = 2000
    seed: int = 20260101

    def __post_init__(self) -> None:
        if self.replicates < 1 or self.seed < 0:
            raise ValueError(
                f"{self.replicates} replicates, seed {self.seed}: at least 1 replicate, no seed below 0"
            )

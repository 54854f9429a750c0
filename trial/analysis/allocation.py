"""Who was given what: the one file in which arms stand, read only when a study is unblinded."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trial.analysis.errors import AnalysisError
from trial.study import Study

COLUMNS = ["participant", "arm"]
N_ARMS = 2


@dataclass(frozen=True, slots=True)
class Allocation:
    """The arms: `arm_of` has every participant of the study; the comparison is `treated` over `control`."""

    control: str
    treated: str
    arm_of: Mapping[str, str]

    def is_treated(self, participant: str) -> bool:
        """Whether a participant is in the treated arm."""
        return self.arm_of[participant] == self.treated


def read_allocation(path: Path, study: Study, control: str) -> Allocation:
    """Read a CSV file with the columns `participant` and `arm`; `control` names the arm to compare with.

    Raises `AnalysisError` unless every participant of the study, and nobody else, has one of exactly two arms.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if list(reader.fieldnames or ()) != COLUMNS:
                raise AnalysisError(f"{path}: the columns are {reader.fieldnames}; {','.join(COLUMNS)} is needed")
            rows = [(row["participant"], row["arm"]) for row in reader]
    except OSError as error:
        raise AnalysisError(f"{path} cannot be read: {error.strerror}") from error
    arm_of = dict(rows)
    expected = {participant.id for participant in study.participants}
    arms = sorted(set(arm_of.values()))
    problems = [
        (len(arm_of) < len(rows), "a participant is there twice"),
        (bool(expected - set(arm_of)), f"no arm for {', '.join(sorted(expected - set(arm_of))[:5])}"),
        (bool(set(arm_of) - expected), f"not in the study: {', '.join(sorted(set(arm_of) - expected)[:5])}"),
        (len(arms) != N_ARMS or "" in arms, f"the arms are {', '.join(arms) or 'none'}; two are compared"),
        (control not in arms, f"the control arm {control!r} is not among {', '.join(arms)}"),
    ]
    if found := [text for wrong, text in problems if wrong]:
        raise AnalysisError(f"{path}: " + "; ".join(found))
    return Allocation(control, next(arm for arm in arms if arm != control), arm_of)

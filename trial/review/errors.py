"""What can be wrong with blinded reading."""

from collections.abc import Sequence

from trial.errors import TrialError


class ReviewError(TrialError):
    """Packets or readings cannot be used, or not so; `problems` has everything that is wrong, one sentence each."""

    def __init__(self, *problems: str) -> None:
        self.problems: Sequence[str] = problems
        super().__init__("\n".join(problems))

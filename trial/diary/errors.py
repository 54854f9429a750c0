"""What is wrong with a diary."""

from collections.abc import Sequence

from trial.errors import TrialError


class DiaryError(TrialError):
    """A diary cannot be used as it is; `problems` has everything that is wrong with it, one sentence each."""

    def __init__(self, where: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{where}: {problem}" for problem in self.problems))

"""Power at one size: many simulated trials added up, with the error that their number leaves."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from models.evaluation.intervals import wilson
from trial.power.assumptions import Design, treated_for
from trial.power.closed_form import VarianceMethod
from trial.power.expected import expected
from trial.power.running import ENDPOINTS, Answers, Block, blocks, joined

RunAll = Callable[[Sequence[Block]], Iterable[dict[str, Answers]]]
"""Runs blocks, here or on many cores, and gives their answers in the order of the blocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What an endpoint does at one size.

    `power` is the share of `trials` with p below alpha, on either side. One without an answer (`no_answer`: the
    model has none, as where an arm has no cramp) is not significant; the planned analysis may then still have an
    exact test. Limits are 95 % Wilson intervals of
    the simulation's own error. `ratio_seen` is the geometric mean of the estimated ratios, `coverage` the share of
    their intervals that hold the true ratio; both of trials with an answer. `closed_form` is the power after Zhu
    and Lakkis (maximum likelihood variance) with the rates that the endpoint sees; None without a difference.
    """

    endpoint: str
    n_control: int
    n_treated: int
    true_ratio: float
    false_per_night: float
    trials: int
    no_answer: int
    significant: int
    power: float
    power_low: float
    power_high: float
    ratio_seen: float | None
    coverage: float | None
    coverage_low: float | None
    coverage_high: float | None
    closed_form: float | None


class Simulator:
    """Simulates sizes of designs, each trial once: asked for more trials of a size, it adds to those it has."""

    def __init__(self, run_all: RunAll, seed: int) -> None:
        self._run_all, self._seed = run_all, seed
        self._had: dict[tuple[Design, int], list[dict[str, Answers]]] = {}

    def points(self, design: Design, n_control: int, trials: int) -> dict[str, Point]:
        """Return the point of each endpoint, of at least so many trials."""
        had = self._had.setdefault((design, n_control), [])
        had.extend(self._run_all(blocks(design, n_control, trials, self._seed)[len(had) :]))
        return {name: _point(design, name, n_control, joined([one[name] for one in had])) for name in ENDPOINTS}

    def all_points(self, design: Design) -> list[Point]:
        """Return every point had so far of a design, by size, then by endpoint."""
        sizes = sorted(n for of, n in self._had if of == design)
        return [point for n in sizes for point in self.points(design, n, 0).values()]


def _point(design: Design, endpoint: str, n_control: int, answers: Answers) -> Point:
    answered = ~np.isnan(answers.log_ratio)
    low, high = answers.low[answered], answers.high[answered]
    true = design.plan.true_ratio
    significant = int(((low > 0) | (high < 0)).sum())
    share = wilson(significant, len(answered))
    held = wilson(int(((low <= np.log(true)) & (np.log(true) <= high)).sum()), len(low))
    closed = expected(design)[endpoint]
    return Point(
        endpoint=endpoint,
        n_control=n_control,
        n_treated=treated_for(n_control, design.allocation),
        true_ratio=true,
        false_per_night=design.plan.false_per_night,
        trials=len(answered),
        no_answer=int((~answered).sum()),
        significant=significant,
        power=share.value or 0.0,
        power_low=share.low or 0.0,
        power_high=share.high or 0.0,
        ratio_seen=float(np.exp(answers.log_ratio[answered].mean())) if answered.any() else None,
        coverage=held.value,
        coverage_low=held.low,
        coverage_high=held.high,
        closed_form=None if true == 1 else closed.power(n_control, design.alpha, VarianceMethod.MAXIMUM_LIKELIHOOD),
    )

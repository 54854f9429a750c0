"""The power of a planned trial: sizes, what they see, what happens without an effect, what false alarms cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from trial.power.assumptions import Design, treated_for
from trial.power.closed_form import Comparison, VarianceMethod
from trial.power.errors import PowerError
from trial.power.expected import expected
from trial.power.points import Point, Simulator
from trial.power.running import ENDPOINTS
from trial.power.search import FEWEST, MOST, smallest

FALSE_PER_NIGHT = (0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""False alarms a night at which the power is looked at, beside those assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedForm:
    """Zhu and Lakkis with what an endpoint sees (rates a week, exposure in weeks): controls by method."""

    endpoint: str
    seen: Comparison
    controls: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The sizes at which an endpoint has the wanted power, with the 95 % interval of the simulation."""

    endpoint: str
    n_control: int | None
    n_treated: int | None
    n_control_low: int | None
    n_control_high: int | None
    why_not: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerStudy:
    """All that was found; `sizes` is empty where the sizes were given.

    `no_effect` has points with a true ratio of 1, whose `power` is the type-I error; `by_false_alarms` the
    objective endpoint at one size. `warnings` say where the numbers are not to be trusted.
    """

    sizes: tuple[Size, ...]
    closed_forms: tuple[ClosedForm, ...]
    points: tuple[Point, ...]
    no_effect: tuple[Point, ...]
    by_false_alarms: tuple[Point, ...]
    warnings: tuple[str, ...]


def study_power(
    design: Design, simulator: Simulator, *, wanted: float, trials: int, given: tuple[int, ...] = ()
) -> PowerStudy:
    """Find the size for each endpoint, or look at the sizes given (controls).

    Raises `PowerError` for sizes out of reach, and for a search without an effect.
    """
    if wrong := [n for n in given if not FEWEST <= n <= MOST]:
        raise PowerError(f"{wrong[0]} controls: a size lies between {FEWEST} and {MOST}")
    effect = design.plan.true_ratio != 1
    if not (effect or given):
        raise PowerError("a ratio of 1 has no sample size; give --n, to see the type-I error at that size")
    closed = tuple(_closed(design, endpoint, wanted) for endpoint in ENDPOINTS)
    for n in given:
        simulator.points(design, n, trials)
    sizes = () if given else tuple(_size(design, simulator, one, wanted, trials) for one in closed)
    looked_at = {endpoint: max(given, default=MOST) for endpoint in ENDPOINTS}
    looked_at |= {size.endpoint: size.n_control for size in sizes if size.n_control}
    no_effect = _no_effect(design, simulator, looked_at, trials) if effect else ()
    points = tuple(simulator.all_points(design))
    return PowerStudy(
        sizes=sizes,
        closed_forms=closed,
        points=points,
        no_effect=no_effect,
        warnings=tuple(_warnings(design, no_effect if effect else points)),
        by_false_alarms=_by_false_alarms(design, simulator, looked_at["objective"], trials) if effect else (),
    )


def _closed(design: Design, endpoint: str, wanted: float) -> ClosedForm:
    seen = expected(design)[endpoint]
    methods = () if seen.ratio == 1 else tuple(VarianceMethod)
    controls = tuple((int(method), seen.controls(wanted, design.alpha, method)) for method in methods)
    return ClosedForm(endpoint=endpoint, seen=seen, controls=controls)


def _size(design: Design, simulator: Simulator, closed: ClosedForm, wanted: float, trials: int) -> Size:
    start = dict(closed.controls).get(VarianceMethod.MAXIMUM_LIKELIHOOD, float("inf"))
    found = smallest(start, wanted, trials, lambda n, of: simulator.points(design, n, of)[closed.endpoint])
    return Size(
        endpoint=closed.endpoint,
        n_control=found.n_control,
        n_treated=None if found.n_control is None else treated_for(found.n_control, design.allocation),
        n_control_low=found.low,
        n_control_high=found.high,
        why_not=found.why_not,
    )


def _no_effect(design: Design, simulator: Simulator, at: dict[str, int], trials: int) -> tuple[Point, ...]:
    null = design.with_ratio(1.0)
    return tuple(simulator.points(null, at[endpoint], trials)[endpoint] for endpoint in ENDPOINTS)


def _by_false_alarms(design: Design, simulator: Simulator, n: int, trials: int) -> tuple[Point, ...]:
    rates = sorted({*FALSE_PER_NIGHT, design.plan.false_per_night})
    designs = [replace(design, plan=replace(design.plan, false_per_night=rate)) for rate in rates]
    return tuple(simulator.points(one, n, trials)["objective"] for one in designs)


def _warnings(design: Design, without_effect: Sequence[Point]) -> Iterator[str]:
    """Say where a difference that is not there is found more often than alpha, by more than chance."""
    for point in without_effect:
        if point.power_low > design.alpha:
            why = (
                "its errors differ between the arms"
                if point.endpoint == "diary" and design.plan.diary_expectation != 1
                else "intervals clustered by participant are too short with so few; take more and look again"
            )
            yield (
                f"{point.endpoint}, {point.n_control} controls: without an effect {point.power:.1%} of trials are "
                f"significant ({point.power_low:.1%} to {point.power_high:.1%}), more than the {design.alpha:.1%} "
                f"wanted: {why}"
            )

"""The rates week by week, and the secondary endpoints."""

from trial.analysis.analysis import Analysis
from trial.report.document import Figure, Paragraph, Section, Table
from trial.report.plots import weekly
from trial.report.wording import NONE, between, count, level, number, places, share
from trial.study import Study


def weekly_rates(found: Analysis) -> Section:
    """Return the rate of each arm by week, with how many were monitored."""
    rows = tuple(
        (
            f"{week.period} {week.week}",
            week.arm,
            f"{week.participants:,} of {week.expected:,}",
            f"{week.nights:,}",
            f"{week.cramps:,}" if week.rate is not None else "nothing seen",
            places(week.rate),
            f"{places(week.low)} to {places(week.high)}" if week.high is not None else NONE,
        )
        for week in sorted(found.weekly, key=lambda week: _order(found, week.period, week.week))
    )
    alt = "; ".join(f"{row[0]} {row[1]}: {row[5]} ({row[6]}), n {row[2]}" for row in rows)
    title = "Cramps a week by arm, with participants monitored"
    columns = ("week", "arm", "monitored", "nights", "cramps", "rate", f"{level(found.alpha)} interval")
    note = (
        "Rate: all cramps over all exposure of the arm, per 56 h; not adjusted. Interval: ratio estimator with "
        "participants as clusters, on the log scale; exact Poisson where there is no cramp. A week of "
        "which nothing was "
        "seen has no rate."
    )
    figure = Figure("weekly", title, f"Line plot. {alt}.", weekly(found.weekly, found.control, found.treated))
    return Section(
        "weekly", "Week by week", (figure, Table("weekly", title, columns, rows, note, frozenset({0, 1})))
    )


def _order(found: Analysis, period: str, week: int) -> tuple[int, int]:
    periods = list(dict.fromkeys(week.period for week in found.weekly))
    return periods.index(period), week


MEASURES = {
    "duration_s": "Mean duration of a cramp, s",
    "longest_s": "Longest cramp, s",
    "intensity": "Mean intensity of a cramp, times the resting floor",
}


def secondary(study: Study, found: Analysis) -> Section:
    """Return responders, nights without a cramp, duration and intensity."""
    r, free = found.responders, found.cramp_free
    columns = ("", found.treated, found.control, "compared", f"{level(found.alpha)} interval")
    shares = Table(
        "shares",
        "Responders and nights without a cramp",
        columns,
        (
            (
                f"Responders (rate down by {study.endpoint.responder_reduction:.0%} or more)",
                f"{r.treated:,} of {r.n_treated:,} ({share(r.treated, r.n_treated)})",
                f"{r.control:,} of {r.n_control:,} ({share(r.control, r.n_control)})",
                _points(r.difference),
                _points_between(r.low, r.high),
            ),
            (
                "Nights free of cramps, mean share",
                _mean_share(free.treated, free.n_treated, free.nights_treated),
                _mean_share(free.control, free.n_control, free.nights_control),
                _points(free.difference),
                _points_between(free.low, free.high),
            ),
        ),
        "Responders: of participants with a valid baseline above 0 and a night of treatment; Newcombe. "
        "Nights: valid ones, "
        "and short ones with a cramp; Welch. Differences in percentage points.",
    )
    rows = tuple(
        (
            MEASURES[one.name],
            f"{places(one.treated, 1)} (n {one.n_treated:,})",
            f"{places(one.control, 1)} (n {one.n_control:,})",
            number(one.ratio.value if one.ratio else None),
            between(one.ratio.low, one.ratio.high) if one.ratio else NONE,
        )
        for one in found.secondary
    )
    note = (
        "Geometric means over participants with a cramp in treatment (n); ratio by Welch's t of logs. "
        "Those without one "
        "are in neither arm, so this is no randomised comparison, and the longest cramp grows with their number."
    )
    measures = Table("measures", "Duration and intensity", columns, rows, note)
    about = Paragraph("None of these is adjusted for the number of comparisons: they describe, they do not decide.")
    return Section("secondary", "Other endpoints", (about, shares, measures))


def _points(value: float | None) -> str:
    return NONE if value is None else f"{100 * value:+.1f}"


def _points_between(low: float | None, high: float | None) -> str:
    return NONE if low is None or high is None else f"{100 * low:+.1f} to {100 * high:+.1f}"


def _mean_share(value: float | None, people: int, nights: int) -> str:
    return NONE if value is None else f"{share(value, 1)} (n {people:,}; {count(nights, 'night')})"

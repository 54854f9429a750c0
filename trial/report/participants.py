"""Who took part, what was seen of them, and what is missing and why."""

from collections import Counter

from trial.analysis.analysis import Analysis
from trial.analysis.estimand import LEFT_OUT
from trial.analysis.flow import ArmFlow
from trial.nightly.legs import NOT_RECEIVED, SHORT_RECORDING
from trial.report.document import Figure, Section, Table
from trial.report.flow_chart import flow_chart, steps
from trial.report.wording import NONE, places, share
from trial.study import Study

REASONS = {
    NOT_RECEIVED: "no recording was received",
    SHORT_RECORDING: "hardly anything was recorded",
    LEFT_OUT: "left out by the estimand",
}


def participants(study: Study, found: Analysis) -> Section:
    """Return the flow chart and the tables of participants and nights."""
    words = "; ".join(
        f"{heading}" + (f" ({', '.join(lines)})" if lines else "")
        for arm in found.flow
        for heading, lines in steps(arm)
    )
    title = "From enrolment to analysis"
    return Section(
        "participants",
        "Who took part and what was seen",
        (
            Figure("flow", title, f"Flow chart. {words}.", flow_chart(found.flow)),
            _baseline(study, found),
            _nights(found),
        ),
    )


def _baseline(study: Study, found: Analysis) -> Table:
    sites = sorted(site.id for site in study.sites)

    def cells(name: str, *values: str) -> tuple[str, ...]:
        return (name, *values)

    flow = found.flow
    rows = [cells("Allotted", *(f"{arm.allotted:,}" for arm in flow))]
    rows += [cells(f"Site {site}", *(f"{dict(arm.sites).get(site, 0):,}" for arm in flow)) for site in sites]
    rows += [
        cells("Monitored on both legs", *(f"{arm.two_legs:,}" for arm in flow)),
        cells("Valid baseline", *(f"{arm.with_baseline:,} of {arm.allotted:,}" for arm in flow)),
        cells(
            "Seen in the run-in",
            *(f"{arm.baseline.participants_seen:,}; {arm.baseline.nights_seen:,} nights" for arm in flow),
        ),
        cells("Cramps a week in the run-in, mean (SD)", *(_mean(arm) for arm in flow)),
        cells("Cramps a week in the run-in, median (quartiles)", *(_median(arm) for arm in flow)),
    ]
    note = "Rates are of participants of whom something was seen. Age and sex are not in the study file."
    return Table("baseline", "Participants and baseline", ("", *(arm.arm for arm in flow)), tuple(rows), note)


def _mean(arm: ArmFlow) -> str:
    return NONE if arm.baseline.sd is None else f"{places(arm.baseline.mean)} ({places(arm.baseline.sd)})"


def _median(arm: ArmFlow) -> str:
    of = arm.baseline
    return NONE if of.q1 is None else f"{places(of.median)} ({places(of.q1)} to {places(of.q3)})"


def _nights(found: Analysis) -> Table:
    flow = found.flow
    reasons = Counter[str]()
    for arm in flow:
        reasons.update(dict(arm.missing))
    rows = [
        ("Nights expected", *(f"{arm.nights_expected:,}" for arm in flow)),
        ("Nights seen", *(_part(arm.nights_seen, arm) for arm in flow)),
        ("Nights valid", *(_part(arm.nights_valid, arm) for arm in flow)),
        ("Nights missing", *(_part(arm.nights_expected - arm.nights_seen, arm) for arm in flow)),
        *(
            (
                f"Missing: {REASONS.get(why, why.replace('_', ' '))}",
                *(_part(dict(arm.missing).get(why, 0), arm) for arm in flow),
            )
            for why, _ in reasons.most_common()
        ),
        ("Seen, but left out by the estimand", *(_part(arm.nights_left_out, arm) for arm in flow)),
        ("Hours in which a cramp would have been seen", *(places(arm.hours, 0) for arm in flow)),
        ("Hours of a night seen, mean", *(places(arm.hours_per_night, 1) for arm in flow)),
        ("Cramps counted", *(f"{arm.cramps:,}" for arm in flow)),
        ("Cramps a week (56 h), not adjusted", *(places(arm.rate_56h) for arm in flow)),
    ]
    note = "Nights of treatment of everybody allotted. A seen night that is not valid is weighed by its hours."
    return Table(
        "nights",
        "Nights of treatment, exposure and what is missing",
        ("", *(arm.arm for arm in flow)),
        tuple(rows),
        note,
    )


def _part(nights: int, arm: ArmFlow) -> str:
    return f"{nights:,} ({share(nights, arm.nights_expected)})"

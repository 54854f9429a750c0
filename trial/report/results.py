"""The primary result, and whether it holds when it is looked at in other ways."""

from trial.analysis.analysis import Analysis
from trial.report.document import Block, Figure, Paragraph, Section, Table
from trial.report.looks import looks
from trial.report.plots import forest, tipping
from trial.report.wording import NONE, between, count, level, number, p_value, places, share
from trial.study import Study


def primary(study: Study, found: Analysis) -> Section:
    """Return the primary result with its model."""
    limits = f"{level(found.alpha)} interval"
    one, d = found.primary, found.difference
    rows = [("Rate ratio", number(one.value), between(one.low, one.high), p_value(one.p))]
    if d is not None:
        rows += [
            (f"Cramps a week (56 h) if all had {found.treated}", places(d.treated), "", ""),
            (f"Cramps a week (56 h) if all had {found.control}", places(d.control), "", ""),
            ("Difference in cramps a week (56 h)", places(d.value), f"{places(d.low)} to {places(d.high)}", ""),
        ]
    n = ", ".join((
        count(found.n_participants, "participant"), count(found.n_nights, "night"), count(found.n_weeks, "week")
    ))  # fmt: skip
    adjusted = ", ".join(name for name in found.covariates if name not in ("intercept", "treated")) or "nothing"
    counted = {
        "muscles": "cramps of both legs, each counted",
        "awakenings": "cramps at once in both legs counted as one",
    }
    model = (
        f"Negative binomial model of {n} of treatment; log exposure as offset; adjusted for {adjusted}; covariance "
        "clustered by participant and corrected for few of them (Mancl and DeRouen 2001); Student's t. "
        f"Dispersion {number(found.dispersion)}. The difference is by g-computation over all participants of the "
        "sites in the model, with an interval by the delta method."
        if found.covariates
        else f"No model can be fitted, since one arm has no cramp. The limit is that of a negative binomial arm "
        f"(n: {n}); the p value is Fisher's exact one of participants with any cramp."
    )
    table = Table("primary", "Primary result", ("", "estimate", limits, "p"), tuple(rows), f"n: {n}.")
    about = (
        f"Endpoint: counted cramps per 56 hours in which one would have been seen ({counted[study.endpoint.legs]})."
    )
    return Section("primary", "Primary result", (Paragraph(about), table, Paragraph(model)))


def sensitivity(study: Study, found: Analysis) -> Section:
    """Return every other look at the primary question, the tipping point, and the detector's errors."""
    every = list(looks(found))
    rows = tuple(
        (
            look.name,
            f"{look.participants:,}",
            f"{look.nights:,}",
            number(look.ratio),
            between(look.low, look.high) if look.ratio is not None else look.why_not or NONE,
            p_value(look.p) if look.p is not None else "",
        )
        for look in every
    )
    alt = "; ".join(f"{look.name}: {number(look.ratio)} ({between(look.low, look.high)})" for look in every)
    title, drawn = "Forest plot of the rate ratios", forest(every, found.treated, found.control)
    columns = ("analysis", "participants", "nights", "rate ratio", f"{level(found.alpha)} interval", "p")
    note = "Nights of imputed analyses are all that were expected, those of the others were seen."
    blocks: list[Block] = [
        Figure("forest", title, f"Forest plot: {alt}.", drawn),
        Table("sensitivity", "Rate ratios, every way they were looked at", columns, rows, note),
    ]
    if found.tipping:
        tips = _tips(found)
        missed = (
            f"{share(found.tipping[0].missed_share, 1)} of the expected exposure was missed and imputed "
            f"{study.endpoint.imputations} times."
        )
        blocks += [
            Paragraph(f"Missed nights: {missed} {tips}"),
            Figure(
                "tipping",
                "What missed nights would have to have been like",
                f"Rate ratio by factor. {tips}",
                tipping(found.tipping, found.tips_at),
            ),
        ]
    blocks.append(Paragraph(_detector(study, found)))
    return Section("sensitivity", "Does the answer hold?", tuple(blocks))


def _tips(found: Analysis) -> str:
    if found.primary.high >= 1:
        return f"The primary result shows no fewer cramps with {found.treated}: there is nothing to tip."
    if found.tips_at is None:
        return f"The upper limit stays below 1 up to the largest planned factor, {found.tipping[-1].delta:g}."
    return (
        f"The result tips, its upper limit reaching 1, when missed nights of {found.treated} are taken to have "
        f"had {found.tips_at:g} times as many cramps as the model expects."
    )


def _detector(study: Study, found: Analysis) -> str:
    of, figures = found.corrected, study.detector
    if figures is None or of is None:
        return "The result without the detector's errors was not estimated."
    return (
        f"Detector: {figures.found:,} of {figures.true_cramps:,} true cramps found, {figures.false_cramps:,} false "
        f"ones in {figures.hours:,.0f} h ({figures.source}). Without these errors the ratio would be "
        f"{number(of.ratio)} ({between(of.ratio_low, of.ratio_high)}) and the difference {places(of.difference)} "
        f"cramps a week ({places(of.difference_low)} to {places(of.difference_high)}). In "
        f"{share(of.undefined_share, 1)} of draws false alarms alone explained an arm's count. The errors are "
        "taken to be the same in both arms."
    )

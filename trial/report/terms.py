"""What the words of the report mean."""

from trial.analysis.analysis import Analysis
from trial.report.wording import level
from trial.study import Study


def terms(study: Study, found: Analysis) -> tuple[tuple[str, str], ...]:
    """Return the terms with their meaning, as this study has defined them."""
    rules = study.validity
    return (
        (
            "Cramp",
            f"An episode that the scoring profile {study.profile} counts as a cramp of the monitored calf muscle.",
        ),
        ("Rate", "Cramps per 56 hours in which one would have been seen: a week of seven nights of eight hours."),
        (
            "Rate ratio",
            f"The rate with {found.treated} divided by that with {found.control}. 1 is no difference, 0.5 is half.",
        ),
        (
            f"{level(found.alpha)} interval",
            f"Limits that hold the true value in {level(found.alpha)} of trials like this, if the model is right.",
        ),
        ("p", "How often a trial without any effect would give a result at least as far from 1."),
        ("Exposure", "Hours in which a cramp would have been seen: worn, in contact, no gap, resting floor known."),
        (
            "Valid night",
            f"At least {rules.usable_h:g} h of exposure, and {rules.usable_share:.0%} of the monitored time.",
        ),
        ("Valid baseline", f"At least {rules.nights_of_run_in} valid nights in the run-in."),
        ("Missing night", "A night that was expected and of which nothing was seen. It is never a 0."),
        ("Imputed", "Missed nights are given the cramps that the model expects, many times over."),
        (
            "Tipping point",
            f"How much worse than expected the missed nights of {found.treated} must be to undo the result.",
        ),
        ("Corrected", "What a detector that misses nothing and counts nothing false would have shown."),
        (
            "Responder",
            f"A participant whose rate fell by at least {study.endpoint.responder_reduction:.0%} from the run-in.",
        ),
        (
            "Intercurrent event",
            "Something that happened after the start and that changes what a night means (ICH E9(R1)).",
        ),
    )

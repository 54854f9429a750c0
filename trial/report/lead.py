"""The first words of the report: the answer for whoever reads no further."""

from math import isinf

from trial.analysis.analysis import Analysis
from trial.report.wording import between, count, level, number, p_value, places


def lead(found: Analysis) -> tuple[str, ...]:
    """Return the answer in plain words, the result with interval and n, and what it rests on."""
    one = found.primary
    n = f"{count(found.n_participants, 'participant')}, {count(found.n_nights, 'night')}"
    headline = (
        f"Rate ratio, {found.treated} over {found.control}: {number(one.value)} ({level(found.alpha)} interval "
        f"{between(one.low, one.high)}; {p_value(one.p)}; {n})."
    )
    expected = sum(arm.nights_expected for arm in found.flow)
    seen = sum(arm.nights_seen for arm in found.flow)
    rests = (
        f"Of {count(sum(arm.allotted for arm in found.flow), 'participant')}, {found.n_participants:,} "
        "are analysed; of "
        f"{expected:,} nights of treatment something was seen in {seen:,}. A night without a cramp counts "
        "as 0, a night "
        "of which nothing was seen as missing, never as 0."
    )
    return _plain(found), headline, rests


def _plain(found: Analysis) -> str:
    one, d = found.primary, found.difference
    if d is None:
        which = found.control if isinf(one.value) else found.treated
        return f"No cramp was counted in anybody given {which}, so that only a limit of the ratio can be given."
    rates = (
        f"With {found.treated} people would have {places(d.treated)} counted calf cramps in a week of nights, with "
        f"{found.control} {places(d.control)}: a difference of {places(d.value)} ({places(d.low)} to "
        f"{places(d.high)})."
    )
    if one.low < 1 < one.high or one.low == one.high:
        return f"{rates} The data agree with fewer cramps as well as with more: no difference was shown."
    more = "fewer" if one.value < 1 else "more"
    tips = ""
    if one.high < 1 and found.tips_at is not None:
        tips = (
            f" It would no longer be shown if the nights of {found.treated} that were missed had had "
            f"{found.tips_at:g} "
            "times as many cramps as expected."
        )
    return f"{rates} That is {more} cramps with {found.treated}.{tips}"

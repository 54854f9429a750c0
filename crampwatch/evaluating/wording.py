"""How an evaluation says its figures: with interval and numbers, `undefined` where there is nothing to say."""

from models.evaluation.agreement import BlandAltman, IntraclassCorrelation
from models.evaluation.bootstrap import ClusterInterval
from models.evaluation.intervals import Proportion, Rate
from models.evaluation.timing import Spread

UNDEFINED = "undefined"
PHASE_0 = (
    "Results on simulated nights are simulation only: Phase 0 in the ladder of Beniczky and Ryvlin (2018), "
    "whatever the figures. Research software, not a medical device."
)


def counted(number: int, noun: str) -> str:
    """Say a number and its noun, as the night report does; that one loads matplotlib."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def percent(value: float | None) -> str:
    """Say a share in percent."""
    return UNDEFINED if value is None else f"{100 * value:.1f} %"


def plain(value: float | None, decimals: int = 3) -> str:
    """Say a number with fixed decimals, without a minus before zero."""
    return UNDEFINED if value is None else f"{round(value, decimals) + 0.0:.{decimals}f}"


def share(proportion: Proportion) -> str:
    """Say a share with its interval and what it is made of, such as `95.0 % (76.4-99.1 %; 19 of 20)`."""
    made_of = f"{proportion.successes} of {proportion.n}"
    if proportion.low is None or proportion.high is None:
        return f"{percent(proportion.value)} ({made_of})"
    return f"{percent(proportion.value)} ({100 * proportion.low:.1f}–{100 * proportion.high:.1f} %; {made_of})"


def rate(of: Rate, unit: str) -> str:
    """Say a rate with its interval and what it is made of."""
    made_of = f"{of.events} in {of.exposure:.5g} {unit}"
    if of.low is None or of.high is None:
        return f"{plain(of.value)} ({made_of})"
    return f"{plain(of.value)} ({plain(of.low)}–{plain(of.high)}; {made_of})"


def by_participant(interval: ClusterInterval, *, in_percent: bool) -> str:
    """Say the interval by participant."""
    if interval.low is None or interval.high is None:
        return UNDEFINED
    if in_percent:
        return f"{100 * interval.low:.1f}–{100 * interval.high:.1f} %"
    return f"{plain(interval.low)}–{plain(interval.high)}"


def correlation(icc: IntraclassCorrelation) -> str:
    """Say an ICC with its interval."""
    if icc.low is None or icc.high is None:
        return plain(icc.value)
    return f"{plain(icc.value)} ({plain(icc.low)}–{plain(icc.high)})"


def bias(of: BlandAltman) -> str:
    """Say a bias with its interval; signs always, for the direction matters."""
    if of.bias is None:
        return UNDEFINED
    if of.bias_low is None or of.bias_high is None:
        return f"{of.bias:+.3f}"
    return f"{of.bias:+.3f} ({of.bias_low:+.3f} to {of.bias_high:+.3f})"


def limits(of: BlandAltman) -> str:
    """Say the limits of agreement."""
    if of.lower_limit is None or of.upper_limit is None:
        return UNDEFINED
    return f"{of.lower_limit:+.2f} to {of.upper_limit:+.2f}"


def seconds(of: Spread) -> str:
    """Say median, quartiles and 5-95 % range of a time."""
    if of.median_s is None:
        return UNDEFINED
    return (
        f"{of.median_s:+.2f} s (IQR {of.q25_s:+.2f} to {of.q75_s:+.2f}; 5–95 % {of.p05_s:+.2f} to {of.p95_s:+.2f})"
    )


def envelope(value: float | None, low: float | None, high: float | None) -> str:
    """Say a value and the range that it may lie in."""
    if low is None or high is None:
        return plain(value)
    return f"{plain(value)} ({plain(low)}–{plain(high)})"

"""Numbers as people read them, the same in page, PDF and terminal."""

from math import isinf

NONE = "not estimated"
SMALLEST_P = 0.001
LARGE, HUGE = 10, 100


def number(value: float | None) -> str:
    """Return a ratio or a limit with three figures or so."""
    if value is None:
        return NONE
    if isinf(value):
        return "infinite"
    return f"{value:.0f}" if abs(value) >= HUGE else f"{value:.1f}" if abs(value) >= LARGE else f"{value:.3f}"


def places(value: float | None, digits: int = 2) -> str:
    """Return a number with so many decimals."""
    return NONE if value is None else f"{value:,.{digits}f}"


def between(low: float | None, high: float | None) -> str:
    """Return an interval of ratios; a limit that does not exist is said."""
    if low is None or high is None:
        return NONE
    if isinf(high):
        return f"above {number(low)}"
    return f"below {number(high)}" if low == 0 else f"{number(low)} to {number(high)}"


def p_value(p: float) -> str:
    """Return a p value, with its sign of relation."""
    return f"p = {p:.3f}" if p >= SMALLEST_P else f"p < {SMALLEST_P}"


def share(part: float, whole: float) -> str:
    """Return a percentage; of nothing there is none."""
    return f"{part / whole:.1%}".replace("%", " %") if whole else "of none"


def count(n: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{n:,} {noun}" + ("" if n == 1 else "s")


def level(alpha: float) -> str:
    """Return the name of an interval: 95 % for alpha 0.05."""
    return f"{100 * (1 - alpha):g} %"

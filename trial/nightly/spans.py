"""Sets of time as sorted spans `[begin, end)` that do not touch, in POSIX seconds, which know no clock change."""

from collections.abc import Iterable, Sequence

Span = tuple[float, float]


def length_s(spans: Iterable[Span]) -> float:
    """Return the seconds in a set of spans."""
    return sum(end - begin for begin, end in spans)


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the set that the spans cover together."""
    merged: list[Span] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return tuple(merged)


def cut(spans: Iterable[Span], begin: float, end: float) -> tuple[Span, ...]:
    """Return what of the spans lies in `[begin, end)`."""
    return union((max(a, begin), min(b, end)) for a, b in spans)


def without(span: Span, taken: Sequence[Span]) -> tuple[Span, ...]:
    """Return what is left of a span when a sorted set is taken out of it."""
    left: list[Span] = []
    begin, end = span
    for a, b in cut(taken, begin, end):
        left.append((begin, a))
        begin = b
    left.append((begin, end))
    return union(left)

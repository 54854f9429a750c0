"""One stream of a night as it fills up: what is there, what is missing, and how far it has been given out."""

from bisect import bisect_right

from signals import CountBlock, Gap

Item = CountBlock | Gap


def _first(item: Item) -> int:
    return item.first_sample


class Timeline:
    """The samples of one stream from 0 on, covered bit by bit by blocks and gaps; each sample is covered once.

    Holds what cannot be released yet because something before it is missing; nothing else.
    """

    def __init__(self) -> None:
        self._items: list[Item] = []  # disjoint, in order, all of it at or after `released`
        self.released = 0
        self.end = 0
        """Just past the last sample that is covered."""

    def add(self, item: Item) -> list[Item]:
        """Cover what is not covered yet; returns the parts of the item that are new."""
        parts = [_part(item, a, b) for a, b in self.holes(item.first_sample, item.end)]
        for part in parts:
            self._items.insert(bisect_right(self._items, part.first_sample, key=_first), part)
            self.end = max(self.end, part.end)
        return parts

    def holes(self, first: int, end: int) -> list[tuple[int, int]]:
        """Return what `[first, end)` lacks, in order."""
        at = max(first, self.released)
        if at >= self.end:
            return [(at, end)] if at < end else []
        found: list[tuple[int, int]] = []
        for i in range(max(0, bisect_right(self._items, at, key=_first) - 1), len(self._items)):
            item = self._items[i]
            if item.first_sample >= end:
                break
            if item.first_sample > at:
                found.append((at, item.first_sample))
            at = max(at, item.end)
        if at < end:
            found.append((at, end))
        return found

    def release(self) -> list[Item]:
        """Give out what follows without a hole, once."""
        n = 0
        for item in self._items:
            if item.first_sample != self.released:
                break
            self.released = item.end
            n += 1
        given = self._items[:n]
        del self._items[:n]
        return given


def _part(item: Item, first: int, end: int) -> Item:
    if isinstance(item, CountBlock):
        return item.part(first, end)
    return Gap(item.stream, first, end, item.reason)

"""Periodic leg movements by WASM 2016 (Ferri et al.), reported beside the count of cramps.

Rules for one leg: a candidate lasts 0.5-10 s; a series is four or more candidates whose onsets lie 10-90 s
apart; an interval below 10 s or above 90 s, or a movement that is no candidate, ends the series.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from models.labels import Label, ScoredEpisode

INTERVAL_S = (10.0, 90.0)
SERIES_MIN = 4


@dataclass(frozen=True, slots=True)
class Series:
    """A series of periodic leg movements, by the onsets of its movements."""

    onsets_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LegMovements:
    """Candidates of a night and the series among them."""

    n_candidates: int
    series: tuple[Series, ...]

    @property
    def n_periodic(self) -> int:
        """Candidates that belong to a series."""
        return sum(len(series.onsets_s) for series in self.series)


def leg_movements(episodes: Iterable[ScoredEpisode]) -> LegMovements:
    """Score the leg movements of a night; artefacts are no movements and neither join nor end a series."""
    n_candidates = 0
    series: list[Series] = []
    run: list[float] = []

    def close() -> None:
        if len(run) >= SERIES_MIN:
            series.append(Series(tuple(run)))
        run.clear()

    for scored in sorted(episodes, key=lambda s: s.episode.start):
        if scored.label is Label.ARTEFACT:
            continue
        onset_s = scored.episode.start_s
        interval_s = onset_s - run[-1] if run else INTERVAL_S[0]
        if not scored.candidate or not INTERVAL_S[0] <= interval_s <= INTERVAL_S[1]:
            close()
        if scored.candidate:
            n_candidates += 1
            run.append(onset_s)
    close()
    return LegMovements(n_candidates, tuple(series))

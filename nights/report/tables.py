"""The tables of the report: counts by label, the criteria of every cramp, the near misses."""

from dataclasses import dataclass

from models import Label, Reason, ScoredEpisode
from nights.record import NightRecord
from nights.report.clock import Clock
from nights.report.palette import LABEL_COLOURS
from nights.report.wording import LABEL_WORDS, limit, measured, span

NEAR_MISS_MIN_S = 10.0
NEAR_MISSES_MAX = 5
HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class LabelRow:
    """How many episodes have a label, and how long they last together."""

    words: str
    colour: str
    number: int
    length: str


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion: what it asks, what was measured, what the limit is, whether it was met."""

    text: str
    value: str
    limit: str
    met: bool


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An episode that was not counted, and the criteria that it failed."""

    onset: str
    length: str
    words: str
    probability: str
    failed: tuple[CriterionRow, ...]


def label_rows(record: NightRecord) -> tuple[LabelRow, ...]:
    """Count the episodes of every label."""
    rows: list[LabelRow] = []
    for label in Label:
        lengths_s = [s.episode.duration_s for s in record.episodes if s.label is label]
        rows.append(LabelRow(LABEL_WORDS[label], LABEL_COLOURS[label], len(lengths_s), span(sum(lengths_s))))
    return tuple(rows)


def movement_rows(record: NightRecord) -> tuple[tuple[str, str], ...]:
    """Say the leg movements by WASM 2016; the index is undefined without usable time."""
    movements = record.leg_movements
    index = f"{movements.n_periodic * HOUR_S / record.usable_s:.1f}" if record.usable_s > 0 else "undefined"
    return (
        ("Candidate leg movements", str(movements.n_candidates)),
        ("of these periodic", str(movements.n_periodic)),
        ("Series", str(len(movements.series))),
        ("Periodic per usable hour (PLM index)", index),
        ("Bouts below 0.5 s, which are no movement", str(record.too_short)),
    )


def criterion_row(reason: Reason) -> CriterionRow:
    """Say one criterion."""
    return CriterionRow(reason.text, measured(reason.feature, reason.value), limit(reason), reason.met)


def episode_facts(scored: ScoredEpisode, clock: Clock) -> tuple[tuple[str, str], ...]:
    """Say one counted cramp in numbers."""
    features, episode = scored.features, scored.episode
    return (
        ("Onset", clock.text(episode.start_s)),
        ("Duration", span(episode.duration_s)),
        ("Peak", f"{measured('peak_ratio', features.peak_ratio)} of {measured('floor_uv', features.floor_uv)}"),
        ("Sustained (duty)", measured("duty", features.duty)),
        ("Frequency", measured("frequency_hz", features.frequency_hz)),
        ("Probability", f"{scored.probability[Label.CRAMP]:.3f}"),
    )


def near_misses(record: NightRecord, clock: Clock) -> tuple[NearMiss, ...]:
    """Return the episodes of at least 10 s that came closest to a cramp without being counted."""
    others = [
        scored
        for scored in record.episodes
        if scored.label is not Label.CRAMP and scored.episode.duration_s >= NEAR_MISS_MIN_S
    ]
    others.sort(key=lambda scored: (-scored.probability[Label.CRAMP], scored.episode.start))
    return tuple(
        NearMiss(
            clock.text(scored.episode.start_s),
            span(scored.episode.duration_s),
            LABEL_WORDS[scored.label],
            f"{scored.probability[Label.CRAMP]:.3f}",
            tuple(criterion_row(reason) for reason in scored.reasons if not reason.met),
        )
        for scored in others[:NEAR_MISSES_MAX]
    )

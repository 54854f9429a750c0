"""The page: all parts of the report in one HTML file that needs nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from detection import NightTrace
from models import Label, ScoredEpisode
from nights.night_json import NOTICE
from nights.outputs import write_whole
from nights.record import NightRecord
from nights.report.clock import Clock
from nights.report.excerpt import Excerpt
from nights.report.glance import glance
from nights.report.headline import headline
from nights.report.palette import ACCENT, BAND, HAIR, INK, LOSS_COLOURS, MUTED
from nights.report.panel import panel
from nights.report.tables import CriterionRow, criterion_row, episode_facts, label_rows, movement_rows, near_misses
from nights.report.wording import LOSS_WORDS, counted, span
from signals import GapReason

PANELS_MAX = 12
COLOURS = {"ink": INK, "muted": MUTED, "hair": HAIR, "band": BAND, "accent": ACCENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class CrampPart:
    """What the page says of one counted cramp; `figure` is None where no excerpt was given."""

    number: int
    onset: str
    length: str
    figure: str | None
    facts: tuple[tuple[str, str], ...]
    criteria: tuple[CriterionRow, ...]


def write_report(path: Path, record: NightRecord, trace: NightTrace, excerpts: Sequence[Excerpt]) -> None:
    """Write the report of a night to `path`, whole or not at all; the same night gives the same bytes.

    `excerpts` hold the raw signals around counted cramps of `record`, at most one for each; a cramp without
    one is reported in numbers only.

    Raises
    ------
    ValueError
        Where an excerpt shows no counted cramp of this record, or two show the same one.
    OSError
        Where the file cannot be written.
    """
    write_whole(path, _page(record, trace, _by_onset(record, excerpts)))


def _page(record: NightRecord, trace: NightTrace, excerpts: dict[int, Excerpt]) -> str:
    clock = Clock.of(record.recording)
    cramps = _cramps(record)
    environment = Environment(
        loader=PackageLoader("nights.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(
        colours=COLOURS,
        head=headline(record),
        record=record,
        glance=glance(record, trace),
        has_movement=trace.movement is not None,
        labels=label_rows(record),
        movements=movement_rows(record),
        losses=[(LOSS_WORDS[r], LOSS_COLOURS[r]) for r in GapReason if record.lost_s.get(r, 0.0) > 0],
        cramps=[
            _part(number, scored, excerpts.get(scored.episode.start), trace, clock)
            for number, scored in enumerate(cramps[:PANELS_MAX], 1)
        ],
        cramps_left=counted(len(cramps) - PANELS_MAX, "cramp") if len(cramps) > PANELS_MAX else "",
        near=near_misses(record, clock),
        notice=NOTICE,
    )


def _cramps(record: NightRecord) -> list[ScoredEpisode]:
    return [scored for scored in record.episodes if scored.label is Label.CRAMP]


def _by_onset(record: NightRecord, excerpts: Sequence[Excerpt]) -> dict[int, Excerpt]:
    """Sort excerpts to the cramps by the first sample of the episode."""
    counted_onsets = {scored.episode.start for scored in _cramps(record)}
    by_onset = {excerpt.episode.episode.start: excerpt for excerpt in excerpts}
    if len(by_onset) < len(excerpts):
        raise ValueError(f"{len(excerpts)} excerpts show {len(by_onset)} cramps; one for each is allowed")
    if strangers := sorted(by_onset.keys() - counted_onsets):
        raise ValueError(f"excerpts at samples {strangers} show no counted cramp of this night")
    return by_onset


def _part(
    number: int, scored: ScoredEpisode, excerpt: Excerpt | None, trace: NightTrace, clock: Clock
) -> CrampPart:
    return CrampPart(
        number=number,
        onset=clock.text(scored.episode.start_s),
        length=span(scored.episode.duration_s),
        figure=panel(excerpt, trace, clock) if excerpt else None,
        facts=episode_facts(scored, clock),
        criteria=tuple(criterion_row(reason) for reason in scored.reasons),
    )

"""Simulated nights scored by several profiles at once, on all cores, as an evaluation wants them."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from math import isfinite
from multiprocessing import get_context

from crampwatch.evaluating.predictions import MadeBy
from crampwatch.evaluating.truth import LABELS
from crampwatch.validating.conditions import Condition
from models import Label, Profile
from models.evaluation import EvaluatedNight, PredictedEvent, RaisedFlag, Span, TrueEvent
from nights import Flag, NightRecord, NightScorer, Recording
from signals import seconds_at
from simulation import SimulatedNight
from simulation import TrueEvent as SimulatedEvent


@dataclass(frozen=True, slots=True)
class ScoredNight:
    """One night of a condition, held against its truth by one profile."""

    condition: str
    made_by: MadeBy
    night: EvaluatedNight


def scored_nights(conditions: Sequence[Condition], profiles: Sequence[Profile]) -> Iterator[list[ScoredNight]]:
    """Score every night by every profile; gives one list per night, as they get done, in order."""
    jobs = [
        (condition.name, name, wearer, night, tuple(profiles))
        for condition in conditions
        for name, wearer, night in condition.nights()
    ]
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_scored, *zip(*jobs, strict=True))


def _scored(
    condition: str, name: str, wearer: str, night: SimulatedNight, profiles: Sequence[Profile]
) -> list[ScoredNight]:
    scorers = [NightScorer(night.streams, profile) for profile in profiles]
    flags: list[list[RaisedFlag]] = [[] for _ in profiles]
    for item in night:
        for scorer, raised in zip(scorers, flags, strict=True):
            said = scorer.update(item)
            raised.extend(RaisedFlag(f.onset_s, f.raised_s) for f in said if isinstance(f, Flag))
    truth = tuple(_true(event) for event in sorted(night.truth, key=lambda event: event.onset_s))
    scored: list[ScoredNight] = []
    for scorer, raised in zip(scorers, flags, strict=True):
        record = scorer.finish(_recording(name, wearer, night))
        made_by = record.provenance
        scored.append(
            ScoredNight(
                condition,
                MadeBy(made_by.software, made_by.profile, made_by.profile_hash, made_by.model),
                _evaluated(record, name, truth, tuple(raised)),
            )
        )
    return scored


def _recording(name: str, wearer: str, night: SimulatedNight) -> Recording:
    scored = night.streams[0].channels[0]
    return Recording(
        participant=wearer,
        leg=scored.leg,
        muscle=scored.site,
        channel=scored.label,
        night=None,
        start=None,
        zone=None,
        file=name,
        sha256="",
        fs_hz=night.streams[0].fs_hz,
        has_acceleration=len(night.streams) > 1,
    )


def _true(event: SimulatedEvent) -> TrueEvent:
    return TrueEvent(
        span=Span(event.onset_s, event.duration_s),
        label=LABELS[event.trial_type],
        kind=str(event.kind),
        amplitude_ratio=event.peak_ratio if isfinite(event.peak_ratio) else None,
    )


def _evaluated(
    record: NightRecord, name: str, truth: tuple[TrueEvent, ...], flags: tuple[RaisedFlag, ...]
) -> EvaluatedNight:
    fs_hz = record.recording.fs_hz
    return EvaluatedNight(
        name=name,
        participant=record.recording.participant,
        monitored_s=record.monitored_s,
        usable_s=record.usable_s,
        missing=record.missing,
        truth=truth,
        predicted=tuple(
            PredictedEvent(
                span=Span(s.episode.start_s, s.episode.duration_s),
                label=s.label,
                probability_cramp=s.probability[Label.CRAMP],
            )
            for s in record.episodes
        ),
        lost=tuple(
            Span(seconds_at(g.first_sample, fs_hz), seconds_at(g.end - g.first_sample, fs_hz)) for g in record.gaps
        ),
        flags=flags,
    )

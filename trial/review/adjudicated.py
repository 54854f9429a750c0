"""The endpoint as people read it: the results of a version with the readers' verdicts in place of the calls."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Connection

from models import Label
from nights.log import EpisodeRow
from trial.nightly import Cramp, Result
from trial.review.blinded import episodes_of
from trial.review.packets import drawn_packets
from trial.review.verdicts import Verdict
from trial.study import Study

_Outcome = Literal["confirmed", "dropped", "added", "refused", "undecided", "waiting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjudicated:
    """Results after reading, and what reading changed.

    Of the counted cramps, `confirmed` are cramps by the readers too, `dropped` are none; of the near misses,
    `added` are cramps, `refused` none. Where the
    readers came to no verdict (`undecided`) or are not done (`waiting`), and for what was not drawn, the program's
    call stands. Counts are of the packets of these results.
    """

    results: tuple[Result, ...]
    packets: int
    confirmed: int
    dropped: int
    added: int
    refused: int
    undecided: int
    waiting: int


def adjudicated(connection: Connection, study: Study, number: int, results: Iterable[Result]) -> Adjudicated:
    """Replace calls by verdicts in the results of a version of a study.

    A counted cramp that was read as none is dropped; an episode that was read as a cramp is added with its own
    onset, length and median level from the log. Exposure stays as it is. Raises `ReviewError` where no packet was
    drawn from the version.
    """
    of_night: dict[int, list[tuple[_Outcome, EpisodeRow]]] = {}
    for packet, night, episode in episodes_of(connection, drawn_packets(connection, study.name, number)):
        of_night.setdefault(night.id, []).append((_outcome(episode, packet.verdict), episode))
    read: list[Result] = []
    tally: Counter[_Outcome] = Counter()
    for result in results:
        outcomes = of_night.get(result.id, [])
        tally.update(outcome for outcome, _ in outcomes)
        read.append(_changed(result, outcomes))
    return Adjudicated(
        results=tuple(read),
        packets=tally.total(),
        confirmed=tally["confirmed"],
        dropped=tally["dropped"],
        added=tally["added"],
        refused=tally["refused"],
        undecided=tally["undecided"],
        waiting=tally["waiting"],
    )


def _outcome(episode: EpisodeRow, verdict: Verdict | None) -> _Outcome:
    if verdict is None:
        return "waiting"
    if verdict is Verdict.UNDECIDED:
        return "undecided"
    if episode.label == Label.CRAMP:
        return "confirmed" if verdict is Verdict.CRAMP else "dropped"
    return "added" if verdict is Verdict.CRAMP else "refused"


def _changed(result: Result, outcomes: list[tuple[_Outcome, EpisodeRow]]) -> Result:
    begin = result.monitored[0]
    dropped = {begin + episode.onset_s for outcome, episode in outcomes if outcome == "dropped"}
    added = [
        Cramp(
            leg=result.leg,
            onset_s=begin + episode.onset_s,
            duration_s=episode.duration_s,
            intensity=episode.features.get("median_ratio"),
        )
        for outcome, episode in outcomes
        if outcome == "added"
    ]
    if not dropped and not added:
        return result
    kept = [cramp for cramp in result.cramps if cramp.onset_s not in dropped]
    return replace(result, cramps=tuple(sorted([*kept, *added], key=lambda cramp: cramp.onset_s)))

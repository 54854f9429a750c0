"""What the command line says of nights, in words and in JSON; zero and missing never look alike."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from crampwatch.replaying import Said
from models import Label, ScoredEpisode
from nights import Flag, NightRecord
from nights.log import EpisodeRow, GapRow, NightRow
from nights.night_json import night_summary

MINUTE_S, HOUR_S = 60.0, 3600.0


def length(seconds: float) -> str:
    """Say a length of time: `48 s`, `7.1 min`, `7.92 h`."""
    if seconds < MINUTE_S:
        return f"{seconds:.0f} s"
    return f"{seconds / MINUTE_S:.1f} min" if seconds < HOUR_S else f"{seconds / HOUR_S:.2f} h"


def moment(record: NightRecord, at_s: float) -> str:
    """Say when something was: the local clock where it is known, else time since the start."""
    start = record.recording.start
    if start is None:
        return f"+{timedelta(seconds=round(at_s))}"
    return (start + timedelta(seconds=at_s)).strftime("%H:%M:%S")


def headline(record: NightRecord) -> str:
    """Say the count, or that there is none."""
    where = record.recording.channel
    watched = f"{length(record.usable_s)} usable of {length(record.monitored_s)}"
    if record.cramp_count is None:
        return f"{record.recording.file}: NO COUNT ({record.missing}): {watched} ({where})"
    cramps = f"{record.cramp_count} cramp{'' if record.cramp_count == 1 else 's'}"
    return f"{record.recording.file}: {cramps}, {watched} ({where})"


def details(record: NightRecord) -> list[str]:
    """Say what else a person wants to know at once: each cramp, the rest by label, losses, cautions."""
    lines = [_cramp(record, scored) for scored in record.episodes if scored.label is Label.CRAMP]
    others = Counter(scored.label for scored in record.episodes if scored.label is not Label.CRAMP)
    if others:
        lines.append("not counted: " + ", ".join(f"{n} {label}" for label, n in others.most_common()))
    movements = record.leg_movements
    if movements.n_candidates:
        lines.append(f"candidate leg movements: {movements.n_candidates}, periodic: {movements.n_periodic}")
    lost = {reason: seconds for reason, seconds in record.lost_s.items() if seconds}
    if lost:
        lines.append("lost: " + ", ".join(f"{length(s)} {reason}" for reason, s in lost.items()))
    if not record.recording.has_acceleration:
        lines.append("no acceleration recorded: movement could not be held against any episode")
    if not record.valid:
        lines.append("not a valid night by the default rule (4 h usable and 75 % of the monitored time)")
    return lines + [f"note: {remark}" for remark in record.recording.remarks]


def _cramp(record: NightRecord, scored: ScoredEpisode) -> str:
    episode = scored.episode
    sure = scored.probability[Label.CRAMP]
    return f"cramp at {moment(record, episode.start_s)} for {length(episode.duration_s)}, cramp score {sure:.2f}"


def said_in_words(at_s: float, said: Said) -> str:
    """Say what the live path said at `at_s`, seconds from the start."""
    when = timedelta(seconds=round(at_s))
    if isinstance(said, Flag):
        return f"{when}  FLAG     looks like a cramp since {timedelta(seconds=round(said.onset_s))}"
    if isinstance(said, NightRecord):
        return f"{when}  END      {headline(said)}"
    episode = said.episode
    begun = timedelta(seconds=round(episode.start_s))
    return f"{when}  EPISODE  {said.label} at {begun} for {length(episode.duration_s)}"


def said_as_json(at_s: float, said: Said) -> dict[str, Any]:
    """Return what the live path said as one JSON object."""
    if isinstance(said, Flag):
        return {"at_s": at_s, "said": "flag", "onset_s": said.onset_s}
    if isinstance(said, NightRecord):
        return {"at_s": at_s, "said": "end", **night_summary(said)}
    episode = said.episode
    return {
        "at_s": at_s,
        "said": "episode",
        "label": said.label.value,
        "onset_s": episode.start_s,
        "duration_s": episode.duration_s,
        "probability_cramp": said.probability[Label.CRAMP],
    }


def nights_as_json(rows: Sequence[NightRow]) -> str:
    """Return logged nights as JSON."""
    return json.dumps([asdict(row) for row in rows], indent=1, default=str, allow_nan=False)


def nights_in_words(rows: Sequence[NightRow]) -> str:
    """Return logged nights as a table, one line each."""
    if not rows:
        return "The log holds no such night."
    head = ("id", "night", "participant", "leg", "cramps", "usable", "valid", "profile", "file")
    table = [head] + [
        (
            str(row.id),
            str(row.night or "unknown"),
            row.participant,
            row.leg or "?",
            _count(row),
            length(row.usable_s),
            "yes" if row.valid else "no",
            f"{row.profile}:{row.profile_hash[:6]}",
            row.file,
        )
        for row in rows
    ]
    widths = [max(len(line[i]) for line in table) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in table
    )


def night_as_json(night: NightRow, episodes: Sequence[EpisodeRow], gaps: Sequence[GapRow]) -> str:
    """Return one logged night with all that belongs to it as JSON."""
    document = {**asdict(night), "episodes": [asdict(e) for e in episodes], "gaps": [asdict(g) for g in gaps]}
    return json.dumps(document, indent=1, default=str, allow_nan=False)


def night_in_words(night: NightRow, episodes: Sequence[EpisodeRow], gaps: Sequence[GapRow]) -> str:
    """Return one logged night as text: the night, its episodes, its gaps."""
    lines = [
        f"night {night.night or 'unknown'} of {night.participant}, leg {night.leg or '?'}",
        f"{_count(night)} cramps, {length(night.usable_s)} usable of {length(night.monitored_s)}",
        f"file {night.file} (sha256 {night.recording_sha256[:12]}), channel {night.channel}",
        (
            f"{night.software}, profile {night.profile}:{night.profile_hash}, model {night.model}, "
            f"configuration {night.config_hash}, scored {night.scored_at.isoformat(timespec='seconds')}"
        ),
    ]
    lines += [
        f"  {timedelta(seconds=round(e.onset_s))}  {length(e.duration_s):>8}  {e.label:<13} "
        f"cramp score {e.probability_cramp:.2f}"
        for e in episodes
    ]
    lines += [f"  {timedelta(seconds=round(g.onset_s))}  {length(g.duration_s):>8}  lost: {g.reason}" for g in gaps]
    return "\n".join(lines)


def _count(night: NightRow) -> str:
    """Say the count of a logged night; a missing one is never a number."""
    return f"MISSING ({night.missing})" if night.cramp_count is None else str(night.cramp_count)

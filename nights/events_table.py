"""The table of a night's episodes in BIDS style, one row each, every row with what it was made by."""

from math import isfinite

from models import Label, Reason, ScoredEpisode
from nights.record import Missing, NightRecord, Provenance

EVENT_COLUMNS = (
    *("onset", "duration", "trial_type", "probability", "probability_cramp"),
    *("began", "ended", "peak_uv", "median_uv", "floor_uv", "peak_ratio", "duty", "modulation_depth"),
    *("frequency_hz", "coactivation", "still_s", "turn_deg", "gait_share", "gap_s", "artefact_share"),
    *("saturated_share", "n_bouts", "candidate", "periodic", "reasons"),
    *("software", "profile", "profile_hash", "model", "config_hash"),
)
"""Columns in their order; docs/glossary.md defines each."""

FEATURE_COLUMNS = EVENT_COLUMNS[EVENT_COLUMNS.index("peak_uv") : EVENT_COLUMNS.index("n_bouts")]
PROVENANCE_COLUMNS = EVENT_COLUMNS[EVENT_COLUMNS.index("software") :]

ALL_MET = "all criteria met"
UNDEFINED = "n/a"
DECIMALS = 3
PROBABILITY_DECIMALS = 6  # so that 0.4999 does not read as the 0.5 from which on an episode is a cramp


def events_table(record: NightRecord) -> str:
    """Return the table as text: tab-separated, one header line, one line per episode in order of onset.

    A night without episodes has the header only. A night whose count is missing begins with a row that says
    why, as long as the night, so that it cannot be taken for a quiet one.
    """
    periodic_s = record.periodic_onsets_s
    rows = [_row(scored, record.provenance, periodic_s) for scored in record.episodes]
    if record.missing is not None:
        rows.insert(0, _missing(record, record.missing))
    return "".join("\t".join(cells) + "\n" for cells in (EVENT_COLUMNS, *rows))


def _row(scored: ScoredEpisode, provenance: Provenance, periodic_s: frozenset[float]) -> list[str]:
    episode = scored.episode
    cells = {
        "onset": _number(episode.start_s),
        "duration": _number(episode.duration_s),
        "trial_type": scored.label.value,
        "probability": _number(scored.probability[scored.label], PROBABILITY_DECIMALS),
        "probability_cramp": _number(scored.probability[Label.CRAMP], PROBABILITY_DECIMALS),
        "began": episode.began.value,
        "ended": episode.ended.value,
        **{name: _number(getattr(scored.features, name)) for name in FEATURE_COLUMNS},
        "n_bouts": str(scored.features.n_bouts),
        "candidate": _truth(is_so=scored.candidate),
        "periodic": _truth(is_so=episode.start_s in periodic_s),
        "reasons": "; ".join(_unmet(reason) for reason in scored.reasons if not reason.met) or ALL_MET,
        **{name: _text(name, getattr(provenance, name)) for name in PROVENANCE_COLUMNS},
    }
    return [cells[column] for column in EVENT_COLUMNS]


def _missing(record: NightRecord, reason: Missing) -> list[str]:
    cells = dict.fromkeys(EVENT_COLUMNS, UNDEFINED) | {
        "onset": _number(0.0),
        "duration": _number(record.monitored_s),
        "trial_type": reason.value,
        **{name: _text(name, getattr(record.provenance, name)) for name in PROVENANCE_COLUMNS},
    }
    return [cells[column] for column in EVENT_COLUMNS]


def _number(value: float, decimals: int = DECIMALS) -> str:
    """Write a number with fixed decimals, without a minus before zero."""
    return f"{round(value, decimals) + 0.0:.{decimals}f}" if isfinite(value) else UNDEFINED


def _truth(*, is_so: bool) -> str:
    return "true" if is_so else "false"


def _unmet(reason: Reason) -> str:
    side = "at least" if reason.at_least else "at most"
    asked = f"{reason.feature} {_number(reason.value)}, {side} {_number(reason.limit)} asked"
    return f"not met: {reason.text} ({asked})"


def _text(column: str, value: str) -> str:
    if not value.isprintable():  # a tab or a line break would move every cell after it
        raise ValueError(f"{column} is {value!r}; a table takes no tabs or line breaks: rename it")
    return value

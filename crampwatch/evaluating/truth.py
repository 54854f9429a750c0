"""Reading the truth of a night: `<name>_truth.tsv`, or `<name>_events.tsv` as BIDS names it."""

from pathlib import Path

from crampwatch.evaluating.tables import Row, rows_of
from models import Label
from models.evaluation import TrueEvent
from signals import GapReason

COLUMNS = ("onset", "duration", "trial_type")
LABELS: dict[str, Label | GapReason] = {
    **{label.value: label for label in Label},
    **{reason.value: reason for reason in GapReason},
    "gap": GapReason.NOT_RECORDED,  # cause not stated
}


def read_truth(path: Path) -> tuple[TrueEvent, ...]:
    """Return the events of a truth table, in the order of its rows.

    `kind` and `amplitude_ratio` are read where the table has them. Raises `InputError` for an unknown label, a
    time that is no number, a negative duration, or an amplitude ratio that is not above 0.
    """
    return tuple(_event(row) for row in rows_of(path, COLUMNS))


def _event(row: Row) -> TrueEvent:
    name = row.text("trial_type")
    if name not in LABELS:
        raise row.bad(f"trial_type {name!r} is unknown: rename it to one of {', '.join(LABELS)}")
    ratio = row.number("amplitude_ratio")
    if ratio is not None and ratio <= 0:
        raise row.bad(f"amplitude_ratio {ratio} must be above 0, or n/a")
    return TrueEvent(span=row.span(), label=LABELS[name], kind=row.text("kind"), amplitude_ratio=ratio)

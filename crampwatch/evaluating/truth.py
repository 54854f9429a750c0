"""Reading the truth of a night: `<name>_truth.tsv`, or `<name>_events.tsv` as BIDS names it."""

from pathlib import Path

from crampwatch.evaluating.tables import Row, rows_of
from models import Label
from models.evaluation import TrueEvent, Unlabelled
from signals import GapReason

COLUMNS = ("onset", "duration", "trial_type")
RATIO_COLUMNS = ("amplitude_ratio", "peak_ratio")  # level over the resting floor; the first that is given
LABELS: dict[str, Label | GapReason | Unlabelled] = {
    **{label.value: label for label in Label},
    **{reason.value: reason for reason in GapReason},
    **{other.value: other for other in Unlabelled},
    "gap": GapReason.NOT_RECORDED,  # cause not stated
}


def read_truth(path: Path) -> tuple[TrueEvent, ...]:
    """Return the events of a truth table, in the order of its rows.

    `kind` and `amplitude_ratio` (or `peak_ratio`) are read where the table has them. Raises `InputError` for an
    unknown label, a time that is no number, a negative duration, or a ratio that is not above 0.
    """
    return tuple(_event(row) for row in rows_of(path, COLUMNS))


def _event(row: Row) -> TrueEvent:
    name = row.text("trial_type")
    if name not in LABELS:
        raise row.bad(f"trial_type {name!r} is unknown: rename it to one of {', '.join(LABELS)}")
    ratios = [row.number(column) for column in RATIO_COLUMNS]
    ratio = next((value for value in ratios if value is not None), None)
    if ratio is not None and ratio <= 0:
        raise row.bad(f"a level of {ratio} times the floor cannot be: write a number above 0, or n/a")
    return TrueEvent(span=row.span(), label=LABELS[name], kind=row.text("kind"), amplitude_ratio=ratio)

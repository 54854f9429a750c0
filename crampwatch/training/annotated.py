"""Real nights that somebody labelled: EDF+ or BDF+ annotations, or a table of events beside the recording."""

from pathlib import Path

from crampwatch.evaluating.truth import LABELS, read_truth
from crampwatch.scoring import ENDINGS, InputError
from crampwatch.training.nights import episodes_of, labelled_night
from models import Label
from models.evaluation import Span, TrueEvent
from models.learned.examples import LabelledNight
from recordings import EdfNight

EVENTS_ENDING = "_events.tsv"


def annotated_recordings(folder: Path) -> list[Path]:
    """Return the recordings below a folder; raises `InputError` where there is none."""
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in ENDINGS and p.is_file())
    if not found:
        raise InputError(f"{folder} holds no recording ({' or '.join(ENDINGS)})")
    return found


def annotated_night(path: Path) -> LabelledNight:
    """Read, detect and label one night; an episode that nobody labelled is not learned from.

    The wearer is the patient code of the file, else the name of its folder. Raises `InputError` for a recording
    without any label and for a label without a duration, `RecordingError` for one that cannot be read.
    """
    night = EdfNight(path)
    table = path.with_name(path.stem + EVENTS_ENDING)
    truth = read_truth(table) if table.exists() else _annotations(night)
    if not any(isinstance(event.label, Label) for event in truth):
        raise InputError(f"{path} has no label: annotate it with {', '.join(Label)}, or put {table.name} beside it")
    return labelled_night(path.stem, night.participant or path.parent.name, episodes_of(night), truth, None)


def _annotations(night: EdfNight) -> tuple[TrueEvent, ...]:
    """Take the annotations whose text is a label, whatever its case; others are notes."""
    events: list[TrueEvent] = []
    for mark in night.annotations:
        text = mark.text.strip().casefold()
        if text in set(Label):
            if not mark.duration_s:
                raise InputError(
                    f"{night.path}: {mark.text!r} at {mark.onset_s:g} s has no duration: mark onset and end"
                )
            events.append(TrueEvent(span=Span(mark.onset_s, mark.duration_s), label=LABELS[text]))
    return tuple(events)

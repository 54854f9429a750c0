"""Real nights that somebody labelled, as EDF+ annotations or as a table."""

from pathlib import Path

import pytest

from crampwatch.scoring import InputError
from crampwatch.training.annotated import annotated_night, annotated_recordings
from models import Label
from models.evaluation import Span
from recordings import Annotation, write_edf
from tests.made_up import emg_stream, muscle


def recording(folder: Path, *marks: Annotation, participant: str | None = None) -> Path:
    """Write five minutes of EMG with two contractions, 100-160 s and 200-230 s."""
    path = folder / "P-07" / "night.edf"
    path.parent.mkdir(exist_ok=True)
    values = muscle(300, (100, 160, 60), (200, 230, 60))
    write_edf(path, (emg_stream(),), (values,), None, participant, marks)
    return path


def test_an_annotation_labels_the_episode_that_it_covers_and_others_stay_unlabelled(tmp_path: Path) -> None:
    path = recording(tmp_path, Annotation(100, 60, "Cramp"), Annotation(90, None, "wakes up"))
    night = annotated_night(path)
    assert [example.label for example in night.examples] == [Label.CRAMP, None]
    assert night.cramps == (Span(100.0, 60.0),)
    assert night.whole


def test_a_table_beside_the_recording_goes_before_its_annotations(tmp_path: Path) -> None:
    path = recording(tmp_path, Annotation(100, 60, "voluntary"))
    table = "onset\tduration\ttrial_type\n100\t60\tcramp\n200\t30\tgait\n"
    (path.parent / "night_events.tsv").write_text(table, "utf-8")
    assert [example.label for example in annotated_night(path).examples] == [Label.CRAMP, Label.GAIT]


def test_the_wearer_is_the_patient_code_or_the_folder(tmp_path: Path) -> None:
    mark = Annotation(100, 60, "cramp")
    assert annotated_night(recording(tmp_path, mark, participant="P-12")).wearer == "P-12"
    assert annotated_night(recording(tmp_path, mark)).wearer == "P-07"


def test_a_label_without_a_duration_and_a_night_without_labels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at 100 s has no duration"):
        annotated_night(recording(tmp_path, Annotation(100, None, "cramp")))
    with pytest.raises(InputError, match=r"has no label: annotate it .* night_events\.tsv"):
        annotated_night(recording(tmp_path, Annotation(100, 60, "unclear")))


def test_recordings_are_found_in_folders_of_wearers_and_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no recording"):
        annotated_recordings(tmp_path)
    path = recording(tmp_path)
    assert annotated_recordings(tmp_path) == [path]

"""`crampwatch train`: a model folder from labelled nights, refused where there is too little or no room."""

from pathlib import Path

import pytest

from crampwatch.scoring import InputError
from crampwatch.training.command import train_command
from models.learned.storage import load_model
from recordings import Annotation, write_edf
from tests.made_up import emg_stream, muscle


def nights_of(folder: Path, people: int) -> Path:
    """Write one labelled night per person: a long contraction that is a cramp and three short ones that are not."""
    for person in range(people):
        path = folder / f"P-{person}" / "night.edf"
        path.parent.mkdir(parents=True)
        planted = ((100.0, 160.0, 60.0), (200.0, 203.0, 60.0), (220.0, 224.0, 60.0), (240.0, 242.0, 60.0))
        values = muscle(300, *planted, seed=person)
        labels = ("cramp", "leg_movement", "leg_movement", "leg_movement")
        marks = [Annotation(a, b - a, text) for (a, b, _), text in zip(planted, labels, strict=True)]
        write_edf(path, (emg_stream(),), (values,), None, None, marks)
    return folder


def test_annotated_nights_give_a_model_that_can_be_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train_command(out=tmp_path / "site-1", annotated=nights_of(tmp_path / "nights", 8))
    card = load_model(tmp_path / "site-1").card
    assert (card.name, card.data.source, card.data.seed) == ("site-1", "annotated", None)
    assert (card.data.wearers, card.data.nights) == (8, 8)
    assert card.data.episodes == {"cramp": 8, "leg_movement": 24}
    assert "8 annotated nights of 8 wearers" in capsys.readouterr().out


def test_too_few_people_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="2 wearers have an episode that is cramp, 8 are needed"):
        train_command(out=tmp_path / "site-1", annotated=nights_of(tmp_path / "nights", 2))
    assert not (tmp_path / "site-1").exists()


def test_a_folder_that_holds_something_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x", "utf-8")
    with pytest.raises(InputError, match="not an empty folder"):
        train_command(out=tmp_path)

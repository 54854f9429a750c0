"""What the report says of every cramp and near miss, and which excerpts it takes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models import Label, LegMovements
from nights.report import write_report
from tests.nights.test_report import cramp_night, many_cramps, page_of, words_of, zero_night


def test_a_channel_name_is_not_read_as_markup_by_the_figure(tmp_path: Path) -> None:
    night = cramp_night()
    excerpt = replace(night.excerpt(night.cramps()[0]), channels=("EMG $\\frac{$ 腿", "<b>"))
    write_report(tmp_path / "r.html", night.record, night.trace, [excerpt])
    assert "<b>&lt;b&gt;" not in (tmp_path / "r.html").read_text("utf-8")


def test_a_counted_cramp_has_a_panel_with_every_criterion(tmp_path: Path) -> None:
    night = cramp_night()
    page = page_of(night, tmp_path)
    assert page.count('<article class="cramp">') == 1
    article = page[page.index("<article") : page.index("</article>")]
    assert article.count('<td class="mark">✓') == len(night.cramps()[0].reasons)
    assert "✗" not in article
    assert "Onset 22:49:12 Duration 40 s" in words_of(article)
    assert "is sustained 100 % ≥ 80 %" in words_of(article)


def test_from_the_thirteenth_cramp_on_the_page_points_to_the_table(tmp_path: Path) -> None:
    page = page_of(cramp_night(), tmp_path, many_cramps(14))
    assert page.count('<article class="cramp">') == 12
    assert "2 cramps more: see the events table (TSV)" in page
    assert "more: see" not in page_of(cramp_night(), tmp_path, many_cramps(12))


def test_a_cramp_without_an_excerpt_is_told_in_numbers(tmp_path: Path) -> None:
    page = page_of(cramp_night(), tmp_path, cramp_night().record)
    assert "The raw signals of this cramp were not at hand." in page
    assert "Duration 40 s" in words_of(page)


def test_a_near_miss_names_the_criteria_that_it_failed(tmp_path: Path) -> None:
    near = words_of(page_of(zero_night(), tmp_path).split("<h2>Near misses</h2>")[1].split("<footer>")[0])
    assert "22:50:52" in near
    assert "✗ leaves the other muscles quiet" in near
    assert "✗ lasts at least as long as the definition asks: 12" in near
    assert "✗ is sustained" not in near


def test_the_periodic_index_is_undefined_without_usable_time(tmp_path: Path) -> None:
    movements = LegMovements(8, ())
    nothing = replace(cramp_night().record, usable_s=0.0, leg_movements=movements)
    assert "(PLM index) undefined" in words_of(page_of(cramp_night(), tmp_path, nothing))
    assert "(PLM index) 0.0" in words_of(page_of(cramp_night(), tmp_path))


def test_an_excerpt_of_something_else_is_refused(tmp_path: Path) -> None:
    night = cramp_night()
    excerpt = night.excerpt(night.cramps()[0])
    other = next(scored for scored in night.record.episodes if scored.label is not Label.CRAMP)
    with pytest.raises(ValueError, match="no counted cramp"):
        write_report(tmp_path / "r.html", night.record, night.trace, [replace(excerpt, episode=other)])
    with pytest.raises(ValueError, match="one for each"):
        write_report(tmp_path / "r.html", night.record, night.trace, [excerpt, excerpt])
    assert not list(tmp_path.iterdir())


def test_unrecorded_samples_in_an_excerpt_leave_a_blank(tmp_path: Path) -> None:
    night = cramp_night()
    excerpt = night.excerpt(night.cramps()[0])
    holed = excerpt.emg_uv.copy()
    holed[10_000:20_000] = np.nan
    for emg_uv in (holed, np.full_like(holed, np.nan)):
        write_report(tmp_path / "r.html", night.record, night.trace, [replace(excerpt, emg_uv=emg_uv)])
        assert (tmp_path / "r.html").stat().st_size > 10_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"channels": ("one",)},
        {"emg_fs_hz": 0.0},
        {"acc_g": None},
        {"acc_fs_hz": -1.0},
        {"acc_g": np.zeros((9, 2))},
        {"emg_uv": np.zeros((0, 2))},
    ],
)
def test_an_excerpt_that_does_not_fit_together_is_refused(wrong: dict[str, object]) -> None:
    night = cramp_night()
    with pytest.raises(ValueError, match=r"needed|above 0|belong together|at least one"):
        replace(night.excerpt(night.cramps()[0]), **wrong)  # pyright: ignore[reportArgumentType] - wrong on purpose

"""`trial power`: from assumptions to a size, as tables, JSON and plots; the same again from what it wrote."""

import json
import xml.etree.ElementTree as ET  # our own plots
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from crampwatch.command_line import app

RUN = CliRunner(env={"COLUMNS": "200"})
SMALL = "treatment_nights = 14\nrun_in_nights = 7\ncontrol_per_week = 7.0\n"


def run(*words: str | Path, code: int = 0) -> str:
    result = RUN.invoke(app, ["trial", "power", *(str(word) for word in words)])
    assert result.exit_code == code, result.output
    return result.output


def found(folder: Path) -> Any:
    return json.loads((folder / "power.json").read_text("utf-8"))


def test_a_size_is_found_and_written_down_with_all_that_it_rests_on(tmp_path: Path) -> None:
    file, out, again = tmp_path / "assumed.toml", tmp_path / "out", tmp_path / "again"
    file.write_text(SMALL)
    said = run("--assumptions", file, "--ratio", "0.4", "--trials", "100", "--out", out)
    assert "Everything is simulated" in said
    assert "control_per_week 7.0" in said
    assert "type-I error" in said
    document = found(out)
    assert [size["endpoint"] for size in document["sizes"]] == ["objective", "diary"]
    assert document["sizes"][0]["n_control"] < document["sizes"][1]["n_control"]
    assert document["assumptions"]["treatment_nights"] == 14
    assert document["software"].startswith("crampwatch ")
    assert {point["true_ratio"] for point in document["no_effect"]} == {1.0}
    for name in ("power", "ratio_by_false_alarms", "power_by_false_alarms"):
        assert ET.parse(out / f"{name}.svg").getroot().tag.endswith("svg")  # noqa: S314 - our own plots
    run("--assumptions", out / "assumptions.toml", "--ratio", "0.4", "--trials", "100", "--out", again)
    assert found(again) == document
    assert "is not empty" in run("--ratio", "0.4", "--out", out, code=1)


def test_given_sizes_without_an_effect_show_the_type_i_error(tmp_path: Path) -> None:
    file, out = tmp_path / "assumed.toml", tmp_path / "out"
    file.write_text(SMALL)
    said = run("--assumptions", file, "--ratio", "1", "--n", "20,8", "--trials", "100", "--out", out, "--json")
    document = json.loads(said)
    assert document == found(out)
    assert document["sizes"] == document["no_effect"] == document["by_false_alarms"] == []
    assert [point["n_control"] for point in document["points"]] == [8, 8, 20, 20]
    assert sorted(path.name for path in out.iterdir()) == ["assumptions.toml", "power.json", "power.svg"]


def test_what_cannot_be_answered_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    out, file = tmp_path / "out", tmp_path / "assumed.toml"
    file.write_text("disperson = 0.5")
    assert "give --n" in run("--ratio", "1", "--out", out, code=1)
    assert "is not a key that is known here" in run("--assumptions", file, "--out", out, code=1)
    assert "a size lies between" in run("--n", "3", "--out", out, code=1)
    assert "no list of whole numbers" in run("--n", "many", "--out", out, code=2)
    assert "above 0" in run("--ratio", "-1", "--out", out, code=1)
    assert not out.exists()

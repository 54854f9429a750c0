"""A study scored anew: a new version beside the old one, what differs, and the signature over it."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine, update

from nights.log.schema import Night
from tests.crampwatch.study_scoring.recordings import logged, record, study_file, trial
from tests.trial.studies import person

STRICT = 'name = "strict-1"\n[rules]\ncramp_min_s = 70.0\n'  # no planted cramp is so long


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Return the file of a study whose three recordings are scored, with a key and a stricter profile beside it."""
    study = study_file(tmp_path, person("A-001", legs=("L", "R")), person("A-002"))
    record(tmp_path / "nights" / "both.edf", legs=("L", "R"))
    record(tmp_path / "nights" / "quiet.edf", "A-002", cramps=0, seed=3)
    record(tmp_path / "nights" / "cramp.edf", "A-002", seed=4)
    (tmp_path / "strict.toml").write_text(STRICT, "utf-8")
    (tmp_path / "public").write_text(trial("key", tmp_path / "key.pem"), "utf-8")
    return study


def run(study: Path, scheduler: str, command: str, *more: str | Path, code: int = 0) -> str:
    folder = study.parent
    words: list[str | Path] = [command, study, "--recordings", folder / "nights", "--db", url_of(study)]
    return trial(*words, "--scheduler", scheduler, *more, code=code)


def rescore(study: Path, scheduler: str, *more: str | Path, profile: str = "strict.toml", code: int = 0) -> str:
    folder = study.parent
    named = folder / profile if profile.endswith(".toml") else profile
    words: list[str | Path] = ["--profile", named, "--key", folder / "key.pem", *more]
    return run(
        study, scheduler, "rescore", *([] if "--out" in more else ["--out", folder / "strict"]), *words, code=code
    )


def score(study: Path, scheduler: str, *more: str | Path, code: int = 0) -> str:
    return run(study, scheduler, "score", "--out", study.parent / "scored", *more, code=code)


def url_of(study: Path) -> str:
    return f"sqlite:///{study.parent}/nights.db"


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "differences.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_stricter_profile_makes_a_new_version_and_says_what_differs(
    study: Path, tmp_path: Path, scheduler: str
) -> None:
    score(study, scheduler)
    first = logged(url_of(study))
    said = rescore(study, scheduler)
    assert "version 2 against 1, 4 recordings of a leg: fewer 2, same 2; cramps 2 before, 0 after (-2)" in said
    assert "2 versions now, the last by strict-1" in said
    assert "names calf-1 as the profile of its endpoint" in said
    both = logged(url_of(study))
    assert {key: night for key, night in both["nights"].items() if key.startswith("1 ")} == first["nights"]
    assert both["n_nights"] == 8
    rows = table(tmp_path / "strict")
    assert [
        (
            row["participant"],
            row["leg"],
            row["cramps_before"],
            row["cramps_after"],
            row["difference"],
            row["change"],
        )
        for row in sorted(rows, key=lambda row: (row["participant"], row["leg"], row["cramps_before"]))
    ] == [
        ("A-001", "L", "1", "0", "-1", "fewer"),
        ("A-001", "R", "0", "0", "+0", "same"),
        ("A-002", "L", "0", "0", "+0", "same"),
        ("A-002", "L", "1", "0", "-1", "fewer"),
    ]
    assert {(row["profile_before"], row["profile_after"]) for row in rows} == {("calf-1", "strict-1")}
    assert len({row["profile_hash_before"] for row in rows} | {row["profile_hash_after"] for row in rows}) == 2
    # the same again changes nothing, byte for byte
    files = {file.name: file.read_bytes() for file in (tmp_path / "strict").glob("differences.*")}
    rescore(study, scheduler)
    assert {file.name: file.read_bytes() for file in (tmp_path / "strict").glob("differences.*")} == files
    assert logged(url_of(study)) == both


def test_an_edit_of_the_differences_is_found(study: Path, tmp_path: Path, scheduler: str) -> None:
    score(study, scheduler)
    rescore(study, scheduler)
    folder, public = tmp_path / "strict", (tmp_path / "public").read_text("utf-8")
    assert "they are what was signed" in trial("differences", folder, "--public-key", public)
    assert "was not signed by that key" in trial("differences", folder, "--public-key", "ab" * 32, code=1)
    for name in ("differences.csv", "differences.json"):
        whole = (folder / name).read_text("utf-8")
        for old, new in (
            ("-1" if name.endswith("csv") else "-2", "-3"),
            ("strict-1", "strict-2"),
            ("A-001", "A-003"),
        ):
            if old in whole:
                (folder / name).write_text(whole.replace(old, new, 1), "utf-8")
                trial("differences", folder, code=1)
        (folder / name).write_text(whole, "utf-8")
    other = json.loads((folder / "differences.json").read_text("utf-8"))
    (folder / "differences.json").write_text(json.dumps({**other, "signature": "no"}), "utf-8")
    assert "was not signed by that key" in trial("differences", folder, code=1)
    (folder / "differences.json").write_text("{}", "utf-8")
    assert "is no signed document" in trial("differences", folder, code=1)
    assert "cannot be read" in trial("differences", tmp_path / "absent", code=1)


def test_what_was_missing_and_is_a_count_is_no_difference_of_numbers(
    study: Path, tmp_path: Path, scheduler: str
) -> None:
    score(study, scheduler)
    engine = create_engine(url_of(study))
    with engine.begin() as connection:  # as if the earlier software had seen nothing there
        connection.execute(
            update(Night)
            .where(Night.file == "cramp.edf")
            .values(cramp_count=None, missing="no_usable_time", usable_s=0.0)
        )
    engine.dispose()
    said = rescore(study, scheduler)
    assert "missing to count 1" in said
    assert "cramps 1 before, 0 after (-1)" in said  # the cramps of both.edf alone
    row = next(row for row in table(tmp_path / "strict") if row["change"] == "missing to count")
    assert (row["cramps_before"], row["missing_before"], row["usable_h_before"]) == ("", "no_usable_time", "0.0000")
    assert (row["cramps_after"], row["missing_after"], row["difference"]) == ("0", "", "")


def test_differences_are_written_only_when_every_recording_is_there(
    study: Path, tmp_path: Path, scheduler: str
) -> None:
    score(study, scheduler)
    shutil.move(tmp_path / "nights" / "cramp.edf", tmp_path / "cramp.edf")
    said = rescore(study, scheduler, code=1)
    assert "version 2 lacks 1 of the 4 recordings of version 1 (cramp.edf)" in said
    assert not (tmp_path / "strict" / "differences.csv").exists()
    shutil.move(tmp_path / "cramp.edf", tmp_path / "nights" / "cramp.edf")
    record(tmp_path / "nights" / "late.edf", "A-002", seed=8)
    assert "fewer 2, new recording 1, same 2" in rescore(study, scheduler)
    row = next(row for row in table(tmp_path / "strict") if row["change"] == "new recording")
    assert (row["cramps_before"], row["cramps_after"], row["difference"]) == ("", "0", "")
    record(tmp_path / "nights" / "later.edf", "A-002", seed=11)
    assert "is there already and says otherwise" in rescore(study, scheduler, code=1)
    assert "new recording 2" in rescore(study, scheduler, "--out", tmp_path / "later")


def test_which_version_is_made_and_which_is_compared(study: Path, tmp_path: Path, scheduler: str) -> None:
    assert "run crampwatch trial score first" in rescore(study, scheduler, code=1)
    score(study, scheduler)
    assert "nothing would differ" in rescore(study, scheduler, profile="calf-1", code=1)
    rescore(study, scheduler)
    assert "the versions 1 (calf-1, " in score(study, scheduler, code=1)
    assert "0 recordings scored, 3 there already" in score(study, scheduler, "--version", "1")
    back = rescore(study, scheduler, "--out", tmp_path / "back", profile="calf-1")
    assert "version 3 against 2" in back  # of results that are there already: nothing is scored twice in the log
    assert logged(url_of(study))["n_nights"] == 8
    said = rescore(study, scheduler, "--out", tmp_path / "one", "--version", "1", profile="calf-1")
    assert "version 3 against 1, 4 recordings of a leg: same 4" in said
    assert "is the one being made" in rescore(study, scheduler, "--version", "3", profile="calf-1", code=1)


def test_a_locked_study_is_scored_anew_beside_its_lock(study: Path, tmp_path: Path, scheduler: str) -> None:
    score(study, scheduler)
    trial("lock", study, "--key", tmp_path / "key.pem", "--db", url_of(study))
    said = rescore(study, scheduler, profile="calf-1")
    assert "version 2 against 1, 4 recordings of a leg: same 4" in said
    rescore(study, scheduler, "--out", tmp_path / "other")
    assert "is what was locked" in trial("prove", study, "--db", url_of(study), "--version", "1")

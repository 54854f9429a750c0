"""A study file: what is accepted, and that everything wrong with it is said at once and by name."""

import json
import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from trial.study import StudyError, read_study, schema_of_study
from trial.study.pseudonyms import objection

TEMPLATE = files("trial.study").joinpath("template.toml").read_text(encoding="utf-8")


def refused(folder: Path, text: str) -> tuple[str, ...]:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read_study(path)
    return caught.value.problems


def test_the_template_is_a_study(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(TEMPLATE, encoding="utf-8")
    study = read_study(tmp_path / "study.toml")
    first, second = study.participants
    planned = list(study.nights_of(first))
    assert planned[0][1] == date(2026, 3, 2)
    assert [period.name for period, _ in planned].count("run-in") == 14
    assert [night for period, night in planned if period.name == "treatment"][-1] == date(2026, 5, 10)
    assert study.zone_of(first) == "Europe/Zurich"
    assert study.zone_of(second) == "Europe/Lisbon"
    dated = [night for period, night in study.nights_of(second) if period.name == "treatment"]
    assert (dated[0], dated[-1]) == (date(2026, 3, 25), date(2026, 5, 19))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("seed = 1 ", "sed = 1 ", "sed: is not a key that is known here"),
        ("usable_h = 4.0", "usable_h = 25.0", "validity, usable_h: "),
        ('site = "A"\nfirst_night = 2026-03-02', 'site = "B"\nfirst_night = 2026-03-02', "site 'B' is not among"),
        ('zone = "Europe/Lisbon"', 'zone = "Europe/Lissabon"', "there is no time zone 'Europe/Lissabon'"),
        ('id = "A-002"', 'id = "A-001"', "participant 'A-001' is there twice"),
        ('id = "A-002"', 'id = "jane.doe@clinic"', "looks like an e-mail"),
        ('kind = "treatment"', 'kind = "follow-up"', "no period is of kind 'treatment'"),
        ("last_night = 2026-05-19", "last_night = 2026-03-20", "lies before the first"),
        ("first_night = 2026-03-25", "first_night = 2026-03-22", "two periods share the night of 2026-03-22"),
        (
            'serial = "CW-0009"',
            'serial = "CW-0007"',
            "sensor CW-0007 is assigned to A-001 L and to A-002 R at once",
        ),
        ('{ kind = "hospital"', '{ kind = "cruise"', "event 'cruise' has no strategy"),
        ('legs = ["L", "R"]', 'legs = ["R"]', "sensor CW-0008 is for leg L, which is not monitored"),
        ('legs = ["L", "R"]', 'legs = ["R", "R"]', "a leg is named twice"),
        ("nights = 56", "nights = 0", "periods treatment, nights"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert TEMPLATE.count(old) == 1
    assert any(said in problem for problem in refused(tmp_path, TEMPLATE.replace(old, new)))


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    broken = TEMPLATE.replace("usable_h = 4.0", "usable_h = 25.0").replace('id = "A-002"', 'id = "Mrs Smith"')
    problems = refused(tmp_path, broken)
    assert any("usable_h" in problem for problem in problems)
    assert any("participants Mrs Smith" in problem for problem in problems)


def test_a_file_that_is_not_toml_or_not_there(tmp_path: Path) -> None:
    assert "is not TOML" in refused(tmp_path, "name = ")[0]
    with pytest.raises(StudyError, match="cannot be read"):
        read_study(tmp_path / "absent.toml")


@pytest.mark.parametrize("good", ["A-001", "ZRH-0001", "P01", "K2.17", "sub_1", "7", "ABCD1", "A-12345678"])
def test_pseudonyms(good: str) -> None:
    assert objection(good) is None


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("", "no pseudonym"),
        ("Jane", "no digit"),
        ("MARIA-01", "letters in a row"),
        ("ABCDE1", "letters in a row"),
        ("A-123456789", "digits in a row"),
        ("A-1948-03-17", "date"),
        ("17.03.1948", "date"),
        ("A19480317", "date"),
        ("a@b1", "e-mail"),
        ("A 001", "no pseudonym"),
        ("A--001", "no pseudonym"),
        ("A" + "1-" * 10 + "1", "no pseudonym"),
    ],
)
def test_what_might_be_a_person_is_refused(bad: str, why: str) -> None:
    assert why in (objection(bad) or "")


def test_the_published_schema_is_that_of_the_study() -> None:
    published = Path(__file__).parents[3] / "docs" / "study.schema.json"
    assert json.loads(published.read_text("utf-8")) == schema_of_study(), "crampwatch trial check x --schema > it"


def test_the_published_schema_takes_the_template_and_refuses_what_the_study_refuses() -> None:
    validator = Draft202012Validator(schema_of_study())
    plain = json.loads(json.dumps(tomllib.loads(TEMPLATE), default=str))  # dates as text, as JSON has them
    assert list(validator.iter_errors(plain)) == []
    assert [error.validator for error in validator.iter_errors({**plain, "beta": 1})] == ["additionalProperties"]
    assert [error.validator for error in validator.iter_errors({**plain, "seed": -1})] == ["minimum"]


def test_the_schema_refuses_unknown_keys_and_has_no_arm() -> None:
    schema = schema_of_study()
    assert schema["additionalProperties"] is False
    assert "arm" not in schema["$defs"]["Participant"]["properties"]

"""Scoring profiles: shipped and own, refused where anything in them is not understood."""

import subprocess
import sys
from pathlib import Path

import pytest

from detection import DetectionSettings
from models import DEFAULT_PROFILE, Profile, ProfileError


def own(folder: Path, text: str) -> str:
    path = folder / "own.toml"
    path.write_text(text, "utf-8")
    return str(path)


def test_the_shipped_profiles_are_the_default_settings() -> None:
    assert Profile.load("calf-1") == Profile(name="calf-1")
    assert Profile.load(DEFAULT_PROFILE) == Profile(name="calf-1-learned", classifier="learned-1")


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    profile = Profile.load(own(tmp_path, 'name = "late"\n[detection]\non_ratio = 4.0\n'))
    assert profile.detection == DetectionSettings(on_ratio=4.0)
    assert profile.hash != Profile.load(DEFAULT_PROFILE).hash


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('name = "a"\n[detection]\non_ration = 4.0\n', r"detection\.on_ration"),
        ('name = "a"\ncolour = "red"\n', "colour"),
        ('name = "a"\n[rules]\nduty_min = "high"\n', r"rules\.duty_min"),
        ('name = "a"\n[rules]\nduty_min = -1.0\n', "duty_min is -1.0"),
        ('name = "a"\n[detection]\noff_ratio = 3.0\n', "off_ratio .* must lie below on_ratio"),
        ('name = "a"\n[detection]\nwindow_hops = 2.5\n', r"detection\.window_hops"),
        ('name = "a"\n[rules]\ncramp_max_s = 1800.0\n', "lost floor"),
        ('name = ""\n', "needs a name"),
        ('name = "a"\nclassifier = "learned-0"\n', "no classifier 'learned-0'; there are rules-1, learned-1"),
        ("[rules]\n", "name"),
        ("name = \n", "not valid TOML"),
    ],
)
def test_what_is_not_understood_is_refused_by_its_name(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ProfileError, match=message):
        Profile.load(own(tmp_path, text))


def test_an_unknown_profile_is_refused_with_those_that_exist() -> None:
    with pytest.raises(ProfileError, match=r"no profile 'calf-0'.*calf-1"):
        Profile.load("calf-0")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"off_ratio": 1.0}, "rest itself is 1"),
        ({"floor_quantile": 1.0}, "is a share"),
        ({"hop_s": 0.0}, "hop_s is 0.0"),
        ({"band_low_hz": 450.0}, "band_low_hz"),
    ],
)
def test_detection_settings_that_make_no_sense_are_refused(changes: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DetectionSettings(**changes)  # pyright: ignore[reportArgumentType] - by name


def test_a_profile_is_scored_by_the_rules_unless_it_names_a_learned_model() -> None:
    rules, learned = Profile.load("calf-1"), Profile.load("calf-1-learned")
    assert rules.new_classifier().model_id.startswith("rules-1:")
    assert learned.new_classifier().model_id.startswith("learned-1:")
    assert (learned.detection, learned.rules) == (rules.detection, rules.rules)
    assert learned.hash != rules.hash


def test_scoring_by_rules_imports_no_learning_library() -> None:
    code = (
        "import sys; from nights import NightScorer; from models import Profile; "
        "Profile.load('calf-1').new_classifier(); "
        "sys.exit('sklearn' in sys.modules or 'skops' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own code

"""Scoring profiles: every setting that can change a result, named, versioned, frozen, and known by its hash."""

import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import ClassVar, Self

from pydantic import TypeAdapter, ValidationError

from detection import DetectionSettings
from models.fingerprint import fingerprint
from models.judging import EpisodeClassifier
from models.rules import MODEL_NAME, RuleClassifier, RuleSettings

DEFAULT_PROFILE = "calf-1-learned"


class ProfileError(ValueError):
    """A profile that does not exist or cannot be used; the message says what is wrong and what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Name and settings; two profiles with the same settings have the same hash only if the names agree too.

    `classifier` is `rules-1` or the name of a shipped learned model.
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}  # an unknown key is an error

    name: str
    classifier: str = MODEL_NAME
    detection: DetectionSettings = field(default_factory=DetectionSettings)
    rules: RuleSettings = field(default_factory=RuleSettings)

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a profile needs a name")
        known = (MODEL_NAME, *shipped_models())
        if self.classifier not in known:
            raise ValueError(f"there is no classifier {self.classifier!r}; there are {', '.join(known)}")
        if not self.rules.cramp_max_s < self.detection.open_max_s:
            raise ValueError(
                f"rules.cramp_max_s ({self.rules.cramp_max_s}) must lie below detection.open_max_s "
                f"({self.detection.open_max_s}), or a lost floor would count as a cramp"
            )

    @property
    def hash(self) -> str:
        """Hash of name and settings, which stands in every row of every result."""
        return fingerprint(self)

    def new_classifier(self) -> EpisodeClassifier:
        """Return a classifier for one night; raises `ProfileError` where a learned model cannot be used."""
        if self.classifier == MODEL_NAME:
            return RuleClassifier(self.rules)
        from models.learned.classifier import LearnedClassifier  # noqa: PLC0415 - scikit-learn takes a second
        from models.learned.storage import shipped_model  # noqa: PLC0415 - as above

        return LearnedClassifier(shipped_model(self.classifier), self.rules)

    @classmethod
    def load(cls, name_or_path: str) -> Self:
        """Load a shipped profile by its name, or any by the path of its TOML file.

        A file names the profile, may name its classifier, and holds the settings that differ from the defaults, in
        the tables `[detection]` and `[rules]`. Unknown names and values of the wrong kind raise `ProfileError`.
        """
        shipped = {p.name[:-5]: p for p in files("models.profiles").iterdir() if p.name.endswith(".toml")}
        if name_or_path in shipped:
            text = shipped[name_or_path].read_text("utf-8")
        elif Path(name_or_path).is_file():
            text = Path(name_or_path).read_text("utf-8")
        else:
            names = ", ".join(sorted(shipped))
            raise ProfileError(f"no profile {name_or_path!r}: give the path of a TOML file, or one of: {names}")
        try:
            return TypeAdapter(cls).validate_python(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise ProfileError(f"profile {name_or_path!r} is not valid TOML: {error}") from error
        except ValidationError as error:
            problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            raise ProfileError(f"profile {name_or_path!r} cannot be used: {problems}") from error


def shipped_models() -> tuple[str, ...]:
    """Return the names of the learned models that are shipped."""
    return tuple(sorted(folder.name for folder in files("models.learned").joinpath("weights").iterdir()))

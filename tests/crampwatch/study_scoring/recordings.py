"""Small studies with recordings of some minutes, whose cramps are planted."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
from sqlalchemy import select
from typer.testing import CliRunner, Result

from crampwatch.command_line import app
from nights.log.database import open_database
from nights.log.schema import Base, EpisodeOfNight, GapOfNight, Night, StudyVersion, VersionNight
from recordings import write_edf
from signals import Channel, Leg, Stream
from tests.made_up import lying, muscle
from tests.trial.studies import study_of
from trial.study import Participant, Study

MINUTES_S = 240.0
CRAMP = (120.0, 180.0, 75.0)
START = datetime(2026, 3, 2, 22, 30)  # noqa: DTZ001 - EDF has local wall time
RUN = CliRunner()


def study_file(folder: Path, *participants: Participant, profile: str = "calf-1") -> Path:
    """Write a study of these participants; return its file."""
    study: Study = study_of(*participants).model_copy(update={"profile": profile})
    path = folder / "study.toml"
    document = study.model_dump(mode="python", exclude_none=True, exclude_defaults=True)
    path.write_text(tomli_w.dumps(document), encoding="utf-8")
    return path


def record(  # noqa: PLR0913 - one parameter per fact
    path: Path,
    participant: str | None = "A-001",
    legs: Sequence[Leg | None] = ("L",),
    *,
    cramps: int = 1,
    seed: int = 0,
    start: datetime | None = START,
    labels: Sequence[str] = (),
    dead: Sequence[Leg] = (),
) -> Path:
    """Write four minutes of a muscle of each leg, and its acceleration.

    The first leg has a cramp of a minute where `cramps` is not 0; the channels of `dead` legs hold only zeros.
    """
    names = labels or [f"EMG {leg or '?'}-GM" for leg in legs]
    muscles = [
        muscle(MINUTES_S, *([CRAMP] if cramps and k == 0 else []), seed=seed + 1000 * k) for k in range(len(names))
    ]
    emg = np.hstack([0 * one if leg in dead else one for one, leg in zip(muscles, legs, strict=True)])
    channels = [Channel(name, "EMG", None, None, (-2000.0, 2000.0)) for name in names]
    side = legs[0] or "?"
    axes = tuple(Channel(f"ACC {side}-{axis}", "ACC", None, axis, (-4.0, 4.0)) for axis in "XYZ")
    path.parent.mkdir(parents=True, exist_ok=True)
    streams = (Stream("emg", 1000.0, tuple(channels)), Stream("acc", 52.0, axes))
    write_edf(path, streams, (np.asfortranarray(emg), lying(MINUTES_S, seed=seed + 1)), start, participant)
    return path


def trial(*words: str | Path, code: int = 0) -> str:
    """Run `crampwatch trial …`; return what it says."""
    result: Result = RUN.invoke(app, ["trial", *(str(word) for word in words)])
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def logged(url: str, study: str = "TEST") -> dict[str, Any]:
    """Return what a log holds of a study: versions, and each result of each version, without ids and times."""
    engine = open_database(url)
    with engine.connect() as connection:

        def rows(table: type[Base]) -> list[dict[str, Any]]:
            columns = table.__table__
            found = connection.execute(select(columns).order_by(*columns.primary_key)).mappings()
            return [{name: value for name, value in row.items() if name != "scored_at"} for row in found]

        nights = {row.pop("id"): row for row in rows(Night)}
        for table in (EpisodeOfNight, GapOfNight):
            for night in nights.values():
                night[table.__tablename__] = []
            for row in rows(table):
                nights[row.pop("night_id")][table.__tablename__].append(row)
        versions = [row for row in rows(StudyVersion) if row.pop("made_at") and row["study"] == study]
        members = [row for row in rows(VersionNight) if row["study"] == study]
    engine.dispose()
    return {
        "versions": {row["number"]: row for row in versions},
        "nights": {f"{row['number']} {row['recording']}": nights[row["night_id"]] for row in members},
        "n_nights": len(nights),
    }

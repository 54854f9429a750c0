"""Simulated nights as files: EDF+C, truth and a manifest; what `crampwatch simulate` writes."""

import csv
import hashlib
import json
from dataclasses import asdict
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from typing import Any

from crampwatch.batch import progress_bar
from crampwatch.scoring import InputError, sha256_of
from recordings import Annotation
from recordings.night_writer import write_night
from simulation import PROFILES, Cohort, Profile, SimulatedNight, TrueEvent

TRUTH_COLUMNS = (
    "onset",
    "duration",
    "trial_type",
    "kind",
    "drive_onset",
    "drive_duration",
    "peak_ratio",
    "head",
    "felt",
)
NOT_GIVEN = "n/a"
NOTICE = "Simulated. No recording of a nocturnal cramp is public; nothing here was recorded from a person."


def profile_named(name: str) -> Profile:
    """Return the shipped profile of that name; raises `InputError` where there is none."""
    if name not in PROFILES:
        raise InputError(f"there is no profile {name!r}; known are {', '.join(PROFILES)}")
    return PROFILES[name]


def write_cohort(out: Path, cohort: Cohort) -> dict[str, Any]:
    """Write all nights of a cohort into the folder `out`, with truth and manifest; return the manifest.

    Raises `InputError` where `out` is a file or a folder that is not empty.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out} exists and is not an empty folder; name a new one")
    out.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    with progress_bar(wanted=True) as bar:
        task = bar.add_task("nights", total=len(cohort))
        for night in cohort:
            rows.append(write_simulated(night, out))
            bar.advance(task)
    manifest: dict[str, Any] = {
        "notice": NOTICE,
        "software": f"crampwatch {version('crampwatch')}",
        "seed": cohort.seed,
        "wearers": cohort.wearers,
        "nights_each": cohort.nights,
        "profile": cohort.profile.name,
        "settings_sha256": settings_hash(cohort.profile),
        "n_cramps": sum(row["n_cramps"] for row in rows),
        "nights": rows,
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
    (out / "manifest.json").write_text(text + "\n", encoding="utf-8")
    return manifest


def settings_hash(profile: Profile) -> str:
    """Hash of every number that can change a simulated night."""
    return hashlib.sha256(json.dumps(asdict(profile), sort_keys=True).encode()).hexdigest()


def write_simulated(night: SimulatedNight, out: Path) -> dict[str, Any]:
    """Write one night and its truth into a folder; return its row of the manifest."""
    person = f"sub-{night.person.number + 1:03d}"
    name = f"{person}_night-{night.number + 1:02d}"
    recording, truth = out / f"{name}.edf", out / f"{name}_truth.tsv"
    gaps = [Annotation(a, round(b - a, 3), f"gap: {reason}") for a, b, reason in night.gaps]
    write_night(recording, night, night.duration_s, person, gaps)
    write_truth(truth, night.truth)
    return {
        "recording": recording.name,
        "recording_sha256": sha256_of(recording),
        "truth": truth.name,
        "truth_sha256": sha256_of(truth),
        "participant": person,
        "leg": night.person.leg,
        "duration_s": night.duration_s,
        "n_cramps": sum(event.trial_type == "cramp" for event in night.truth),
    }


def write_truth(path: Path, events: tuple[TrueEvent, ...]) -> None:
    """Write true events as a BIDS-style table; times in s from the start of the recording."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(TRUTH_COLUMNS)
        table.writerows(_cells(event) for event in events)


def _cells(event: TrueEvent) -> list[str]:
    times = (event.onset_s, event.duration_s), (event.drive_onset_s, event.drive_duration_s)
    defined, drive = ([f"{value:.3f}" for value in pair] for pair in times)
    peak = f"{event.peak_ratio:.3f}" if isfinite(event.peak_ratio) else NOT_GIVEN
    felt = NOT_GIVEN if event.felt is None else str(event.felt).lower()
    return [*defined, event.trial_type, event.kind.value, *drive, peak, event.head or NOT_GIVEN, felt]

"""How fast a whole study is scored: nights an hour with 1 and 2 workers, and what entering results costs.

Run: `python benchmarks/study_scoring.py` in the development environment, on a quiet machine. Makes one night of 8
hours (2 EMG channels at 1 kHz, 3 axes at 52 Hz) and copies of it under other pseudonyms, runs `crampwatch trial
score` on them as a process of its own, then enters as many made-up results as a trial has into SQLite, one in a
transaction as `score` does. Ends with the calculation for 22,000 nights on 64 cores. Prints tables in Markdown.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import tomli_w
from score_night import make_night

from crampwatch.trialling.scoring.entering import Entry
from crampwatch.trialling.scoring.places import Place
from crampwatch.trialling.scoring.task import Outcome, ScoredLeg
from nights.log.audit import SOFTWARE
from nights.log.database import open_database
from trial.records import Version, begin_version
from trial.simulated import K2, simulate_trial
from trial.study import Participant, Period, PeriodKind, Site, Study

TRIAL_NIGHTS, CORES, GB_PER_TB = 22_000, 64, 1000
PATIENT = slice(8, 88)  # of an EDF header
AT = datetime(2026, 6, 1, tzinfo=UTC)


def study_of(n: int) -> Study:
    """Return a study of so many participants."""
    return Study(
        name="BENCHMARK",
        title="A benchmark",
        profile="calf-1-learned",
        periods=(Period(name="treatment", kind=PeriodKind.TREATMENT, nights=14),),
        sites=(Site(id="A", zone="Europe/Zurich"),),
        participants=tuple(
            Participant(id=f"A-{k:03d}", site="A", first_night=date(2026, 1, 14), legs=("L",)) for k in range(n)
        ),
    )


def make_study(folder: Path, n: int) -> Path:
    """Write a study and a night for each participant, equal but for the patient code; return the study's file."""
    night = folder / "night.edf"
    make_night(night, 8.0)
    whole = bytearray(night.read_bytes())
    night.unlink()
    (folder / "nights").mkdir()
    for k in range(n):
        whole[PATIENT] = f"A-{k:03d} X X X".encode().ljust(80)
        (folder / "nights" / f"{k:03d}.edf").write_bytes(whole)
    path = folder / "study.toml"
    document = study_of(n).model_dump(mode="python", exclude_none=True, exclude_defaults=True)
    path.write_text(tomli_w.dumps(document), encoding="utf-8")
    return path


def seconds_of_run(study: Path, workers: int, nights: int) -> float:
    """Return the seconds of `crampwatch trial score` of so many nights, as a process of its own."""
    out = study.parent / f"{nights}-by-{workers}"
    command = [str(Path(sys.executable).with_name("crampwatch")), "trial", "score", str(study)]
    command += ["--workers", str(workers), "--out", str(out), "--db", f"sqlite:///{out}/nights.db"]
    for k in range(nights):
        command += ["--recordings", str(study.parent / "nights" / f"{k:03d}.edf")]
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def seconds_of_entering(folder: Path, n: int) -> tuple[float, float]:
    """Return the seconds of entering n made-up results one by one, and of the last tenth of them."""
    trial = simulate_trial(K2, 1)
    made = Version(1, "simulated", "0" * 16, SOFTWARE.name)
    engine = open_database(f"sqlite:///{folder}/entered.db")
    with engine.begin() as connection:
        begin_version(connection, trial.study.name, made, SOFTWARE, AT)
    entry = Entry(engine, trial.study, made, SOFTWARE)
    began, last_tenth = time.perf_counter(), 0.0
    for k in range(n):
        if k == n - n // 10:
            last_tenth = time.perf_counter()
        entry.enter(outcome_of(k, made), AT)
    ended = time.perf_counter()
    engine.dispose()
    return ended - began, ended - last_tenth


def outcome_of(k: int, made: Version) -> Outcome:
    """Return a made-up result of 40 episodes, about what a night of an older wearer has, and 5 gaps."""
    whose = f"A-{k % 199:03d}"
    night = {
        "participant": whose, "leg": "L", "muscle": "GM", "channel": "EMG L-GM", "night": date(2026, 1, 14),
        "start_local": (datetime(2026, 1, 14, 22, tzinfo=UTC) + timedelta(seconds=k)).isoformat(),
        "zone": "Europe/Zurich", "file": f"{k}.edf", "recording_sha256": f"{k:064x}", "monitored_s": 28800.0,
        "usable_s": 27000.0, "lost_s": {"lead_off": 1800.0}, "cramp_count": 1, "missing": None, "valid": True,
        "n_candidates": 30, "n_periodic": 12, "n_series": 2, "has_acceleration": True, "fs_hz": 1000.0,
        "software": made.software, "profile": made.profile, "profile_hash": made.profile_hash, "model": "none",
        "config_hash": "0" * 16, "scored_at": AT,
    }  # fmt: skip
    features = {f"feature_{i}": 1.234567 * i for i in range(30)}
    criteria = [{"feature": "duration_s", "value": 20.0, "limit": 15.0, "at_least": True, "met": True}] * 8
    episodes = [
        {
            "number": i, "onset_s": 600.0 * i, "duration_s": 20.0, "label": "leg_movement", "probability": 0.9,
            "probability_cramp": 0.05, "reasons": criteria, "features": features,
        }
        for i in range(1, 41)
    ]  # fmt: skip
    gaps = [{"number": i, "onset_s": 900.0 * i, "duration_s": 360.0, "reason": "lead_off"} for i in range(1, 6)]
    leg = ScoredLeg(whose, "L", night, episodes, gaps, ())
    place = Place(f"file:///nights/{k}.edf", 67_000_000, "mtime 1")
    return Outcome(place=place, wanted=((whose, "L"),), legs=(leg,))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nights", type=int, default=8)
    parser.add_argument("--entered", type=int, default=TRIAL_NIGHTS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        study = make_study(folder, asked.nights)
        megabytes = sum(night.stat().st_size for night in (folder / "nights").iterdir()) / asked.nights / 1e6
        print(f"{asked.nights} nights of 8 h, {megabytes:.0f} MB each; load before: {os.getloadavg()[0]:.1f}\n")
        print("| workers | whole run, s | a night for each worker, s | s a night | nights an hour |")
        print("|---|---|---|---|---|")
        each_s = 0.0
        for workers in (1, 2):
            first_s = seconds_of_run(study, workers, workers)
            whole_s = seconds_of_run(study, workers, asked.nights)
            a_night_s = (whole_s - first_s) / (asked.nights - workers)  # without what starting takes
            each_s = each_s or a_night_s
            row = f"| {workers} | {whole_s:.1f} | {first_s:.1f} | {a_night_s:.2f} | {3600 / a_night_s:,.0f} |"
            print(row, flush=True)
        shutil.rmtree(folder / "nights")
        entered_s, tenth_s = seconds_of_entering(folder, asked.entered)
        size_mb = (folder / "entered.db").stat().st_size / 1e6
    enter_ms = 1000 * entered_s / asked.entered
    last_ms = 1000 * tenth_s / (asked.entered // 10)
    print(f"\n{asked.entered:,} results entered into SQLite: {entered_s:.0f} s, {enter_ms:.2f} ms each,")
    print("in the last tenth ", end="")
    print(f"{last_ms:.2f} ms each, {size_mb:,.0f} MB; load after: {os.getloadavg()[0]:.1f}\n")
    computing_h = TRIAL_NIGHTS * each_s / CORES / 3600
    entering_h = TRIAL_NIGHTS * last_ms / 1000 / 3600
    terabytes = TRIAL_NIGHTS * megabytes / 1e6
    print(f"{TRIAL_NIGHTS:,} nights, {terabytes:.1f} TB, on {CORES} cores each as fast as the one worker here:")
    print(
        f"computing {computing_h:.2f} h, entering (one process) {entering_h:.2f} h, at the same time; to keep up,"
    )
    print(f"storage must give {terabytes * 1e6 / max(computing_h, entering_h) / 3600:,.0f} MB/s.")
    for gigabytes_s in (0.125, 0.5, 1.25):
        print(
            f"- at {gigabytes_s * 1000:,.0f} MB/s reading takes {terabytes * GB_PER_TB / gigabytes_s / 3600:.2f} h"
        )


if __name__ == "__main__":
    main()

"""From a recording to its results: the composition behind `score`, `replay` and `demo`."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from detection import NightTrace
from models import Profile
from nights import Battery, NightRecord, NightScorer, Recording
from nights.outputs import write_events, write_night
from recordings import RecordedNight, open_recording, sha256_of
from recordings.night_file import StoredNight, battery_levels
from signals import Leg, night_of, seconds_at

ENDINGS = (".edf", ".bdf")
RECORDINGS = (*ENDINGS, ".night")

Show = Callable[[float, float], None]
"""Called with the seconds of recording done so far, and in all."""


class InputError(ValueError):
    """What was asked for cannot be done; the message says why and what to do."""


def silent(_done_s: float, _duration_s: float) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for: profile, channels, who, where on earth, and whether a report is wanted.

    `participant`, `zone` and `leg`, where given, stand in the result instead of what the file says.
    """

    profile: Profile
    emg: tuple[str, ...] = ()
    acc: tuple[str, ...] = ()
    participant: str | None = None
    zone: str | None = None
    leg: Leg | None = None
    report: bool = True


@dataclass(frozen=True, slots=True)
class Results:
    """A scored night and the files that hold it."""

    record: NightRecord
    events: Path
    night: Path
    report: Path | None


def recordings_in(paths: Sequence[Path]) -> list[tuple[Path, Path]]:
    """List the recordings below the given files and folders, each with the stem of its results' names.

    The stem keeps the subfolders of a folder that was given, so that equal names in different subfolders do
    not collide. Raises `InputError` for a path that does not exist, a folder without recordings, and two
    recordings whose results would have the same names.
    """
    found: list[tuple[Path, Path]] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in RECORDINGS and p.is_file())
            if not inside:
                raise InputError(f"{path} holds no recording ({' or '.join(RECORDINGS)})")
            found += [(p, p.relative_to(path).with_suffix("")) for p in inside]
        elif path.exists():
            found.append((path, Path(path.stem)))
        else:
            raise InputError(f"there is no file or folder {path}")
    by_stem: dict[Path, Path] = {}
    for path, stem in found:
        if stem in by_stem:
            raise InputError(
                f"{by_stem[stem]} and {path} would both be written as {stem}_…; score them apart, each with --out"
            )
        by_stem[stem] = path
    return found


def zone_named(zone: str | None) -> ZoneInfo | None:
    """Return the IANA zone of that name, None for None; raises `InputError` where there is none."""
    if zone is None:
        return None
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InputError(f"there is no time zone {zone!r}; name one as in Europe/Zurich") from error


def score_recording(path: Path, out_stem: Path, request: Request, show: Show) -> Results:
    """Score one recording and write its results beside each other as `<out_stem>_…`.

    Raises `RecordingError` or `InputError` where the recording cannot be scored; nothing is then written.
    """
    night, scorer, record = scored(path, request, show)
    out_stem.parent.mkdir(parents=True, exist_ok=True)
    events, summary = _named(out_stem, "_events.tsv"), _named(out_stem, "_night.json")
    write_events(record, events)
    write_night(record, summary)
    report = (
        _write_report(_named(out_stem, "_report.html"), night, record, scorer.trace()) if request.report else None
    )
    return Results(record, events, summary, report)


def scored(path: Path, request: Request, show: Show = silent) -> tuple[RecordedNight, NightScorer, NightRecord]:
    """Score one recording and write nothing; return it with its scorer and its record.

    Raises `RecordingError` or `InputError` where the recording cannot be scored.
    """
    night, scorer = open_night(path, request)
    emg = night.streams[0]
    with ThreadPoolExecutor(1) as beside:
        sha256 = beside.submit(sha256_of, path)  # reads and hashes while the detector computes
        for item in night:
            scorer.update(item)
            if item.stream == emg.name:
                show(seconds_at(item.end, emg.fs_hz), night.duration_s)
        return night, scorer, scorer.finish(recording_of(night, sha256.result(), request))


def open_night(path: Path, request: Request) -> tuple[RecordedNight, NightScorer]:
    """Open a recording and a scorer for it."""
    night = open_recording(path, request.emg, request.acc)
    return night, NightScorer(night.streams, request.profile)


def recording_of(night: RecordedNight, sha256: str, request: Request) -> Recording:
    """Say what was scored: from the file where it says so, from the request where that says more."""
    zone = zone_named(request.zone)
    channel = night.streams[0].channels[0]
    start = night.start
    if start and zone:
        start = start.replace(tzinfo=zone) if start.tzinfo is None else start.astimezone(zone)
    return Recording(
        participant=request.participant or night.participant or night.path.stem,
        leg=request.leg or channel.leg,
        muscle=channel.site,
        channel=channel.label,
        night=night_of(start) if start else None,
        start=start,
        zone=request.zone or night.zone,
        file=night.path.name,
        sha256=sha256,
        fs_hz=night.streams[0].fs_hz,
        has_acceleration=len(night.streams) > 1,
        remarks=night.remarks,
        battery=_battery(night),
    )


def _battery(night: RecordedNight) -> Battery | None:
    """Return the first and the last word of a night file on the sensor's battery."""
    levels = list(battery_levels(night.notes)) if isinstance(night, StoredNight) else []
    if not levels:
        return None
    shares = [level.share for level in levels if level.share is not None] or [None]
    volts = [level.volts for level in levels if level.volts is not None] or [None]
    return Battery(start_share=shares[0], end_share=shares[-1], start_v=volts[0], end_v=volts[-1])


def _named(stem: Path, ending: str) -> Path:
    return stem.with_name(stem.name + ending)


def _write_report(path: Path, night: RecordedNight, record: NightRecord, trace: NightTrace) -> Path:
    from crampwatch.excerpts import excerpts_of  # noqa: PLC0415 - as below
    from nights.report import write_report  # noqa: PLC0415 - matplotlib takes half a second to import

    write_report(path, record, trace, excerpts_of(night, record))
    return path

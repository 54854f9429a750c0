"""The command `crampwatch nights export`: stored nights as EDF+C or BDF+C, or as a BIDS data set."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crampwatch.options import reported

if TYPE_CHECKING:
    from recordings.night_file import StoredNight

ENDING = ".night"


@reported
def export_nights(
    paths: Annotated[list[Path], typer.Argument(metavar="NIGHT...", help="Night files, or folders of them.")],
    *,
    out: Annotated[Path, typer.Option(help="Folder for the files; with --bids it must be empty or new.")],
    bids: Annotated[bool, typer.Option("--bids/--edf", help="A BIDS-EMG data set, or plain files.")] = False,
) -> None:
    """Write stored nights as EDF+C (16 bits) or BDF+C (24 bits), one file per contiguous segment.

    Every digital value is the sensor's count. What cannot be used is marked by annotations (`gap: link_lost`). A
    night may be exported while it is still being recorded. What is wrong with a file is said on stderr.

    Examples: `crampwatch nights export P01_L_2026-03-02.night --out edf` ·
    `crampwatch nights export nights/ --out data-set --bids`
    """
    from recordings.bids import write_dataset  # noqa: PLC0415 - imports stay out of --help
    from recordings.night_file import export_night  # noqa: PLC0415 - as above

    nights = [_opened(path) for path in night_files_in(paths)]
    if bids:
        typer.echo(f"{out}: {write_dataset(nights, out)} recordings of {len(nights)} nights")
        return
    out.mkdir(parents=True, exist_ok=True)
    for night in nights:
        files = export_night(night, out)
        for file in files:
            typer.echo(str(file))
        if not files:
            typer.echo(f"{night.path} holds no sample, no file is written", err=True)


def night_files_in(paths: Sequence[Path]) -> list[Path]:
    """List the night files below the given files and folders.

    Raises `InputError` for a path that does not exist or is no night file, a folder without any, and for two files
    of one name, whose exports would overwrite each other.
    """
    from crampwatch.scoring import InputError  # noqa: PLC0415 - imports stay out of --help

    found: dict[str, Path] = {}
    for path in _expanded(paths):
        if path.stem in found:
            raise InputError(f"{found[path.stem]} and {path} have one name; export them apart, each with --out")
        found[path.stem] = path
    return list(found.values())


def _expanded(paths: Sequence[Path]) -> Iterator[Path]:
    from crampwatch.scoring import InputError  # noqa: PLC0415 - imports stay out of --help
    from recordings.night_file import is_night_file  # noqa: PLC0415 - as above

    for path in paths:
        inside = sorted(p for p in path.rglob(f"*{ENDING}") if p.is_file()) if path.is_dir() else [path]
        if not inside:
            raise InputError(f"{path} holds no night file ({ENDING})")
        for file in inside:
            if not file.exists():
                raise InputError(f"there is no file or folder {file}")
            if not is_night_file(file):
                raise InputError(f"{file} is no night file; only what CrampWatch recorded can be exported")
            yield file


def _opened(path: Path) -> "StoredNight":
    """Open a night file and say on stderr what is wrong with it."""
    from recordings.night_file import StoredNight, verify  # noqa: PLC0415 - imports stay out of --help

    night = StoredNight(path)
    for problem in (*night.remarks, *verify(path)):
        typer.echo(f"{path}: {problem}", err=True)
    return night

"""Many recordings, one after the other or on all cores; a broken one never stops the rest."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from crampwatch.scoring import InputError, Request, Results, Show, score_recording, silent
from recordings import RecordingError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recording: its results, or why there are none."""

    path: Path
    results: Results | None
    error: str | None


def score_all(found: Sequence[tuple[Path, Path]], out: Path, request: Request, bar: Progress) -> Iterator[Outcome]:
    """Score recordings (path, stem of the results' names) into the folder `out`, as they get done."""
    if len(found) == 1:
        path, stem = found[0]
        task = bar.add_task(path.name, total=None)

        def show(done_s: float, duration_s: float) -> None:
            bar.update(task, completed=done_s, total=duration_s)

        yield score_one(path, out / stem, request, show)
        return
    task = bar.add_task("nights", total=len(found))
    workers = min(len(found), os.cpu_count() or 1)
    # a fresh interpreter per worker: forking a process that has threads is not safe
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(score_one, path, out / stem, request) for path, stem in found]
        for job in as_completed(jobs):
            bar.advance(task)
            yield job.result()


def progress_bar(*, wanted: bool) -> Progress:
    """Return a bar on stderr, silent where that is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not (wanted and console.is_terminal))


def score_one(path: Path, out_stem: Path, request: Request, show: Show = silent) -> Outcome:
    """Score one recording, whatever happens."""
    try:
        return Outcome(path, score_recording(path, out_stem, request, show), None)
    except (RecordingError, InputError) as error:
        return Outcome(path, None, str(error))
    except OSError as error:
        return Outcome(path, None, f"{error.filename or path}: {error.strerror}")

"""A run over all recordings of a study: what is not there yet is scored, entered and accounted for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from crampwatch.batch import progress_bar
from crampwatch.scoring import InputError
from crampwatch.trialling.scoring.account import Account
from crampwatch.trialling.scoring.belonging import Mapped
from crampwatch.trialling.scoring.cluster import outcomes, workers
from crampwatch.trialling.scoring.entering import Entry, mark_of, marks_there, missing_legs
from crampwatch.trialling.scoring.mapping import read_map
from crampwatch.trialling.scoring.places import Place, places_at
from crampwatch.trialling.scoring.task import Task
from models import Profile
from nights.log.audit import Actor
from nights.log.errors import reported
from trial.records import Version
from trial.study import Study

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Run:
    """What is asked for: into which database, by which profile, which recordings, on which workers, by whom."""

    engine: Engine
    study: Study
    profile: Profile
    by: Actor
    found: Sequence[tuple[Place, tuple[Mapped, ...]]]
    scheduler: str | None
    n_workers: int | None
    out: Path

    def __post_init__(self) -> None:
        if self.scheduler is not None and self.n_workers is not None:
            raise InputError(
                "--workers is for this computer, the workers of --scheduler are what they are; give one"
            )

    def begin(self, choose: Callable[[Connection, datetime], T]) -> T:
        """Choose the version, or begin one, in a transaction."""
        with reported(self.engine.url):
            try:
                with self.engine.begin() as connection:
                    return choose(connection, datetime.now(UTC))
            except IntegrityError:  # another program has begun it meanwhile: now there is one to choose
                with self.engine.begin() as connection:
                    return choose(connection, datetime.now(UTC))


def recordings_at(urls: Sequence[str], map_file: Path | None) -> list[tuple[Place, tuple[Mapped, ...]]]:
    """List the recordings at URLs, each with what a map says of it; raises `InputError`."""
    places = places_at(urls)
    mapped = read_map(map_file, places) if map_file else {}
    return [(place, mapped.get(place.url, ())) for place in places]


def score_found(run: Run, version: Version) -> dict[str, Any]:
    """Score what the version does not have yet, enter it, and return the account."""
    with reported(run.engine.url), run.engine.connect() as connection:
        known = marks_there(connection, run.study, version)
    entry = Entry(run.engine, run.study, version, run.by)
    with Account(run.out, run.study, version) as account, progress_bar(wanted=True) as bar:
        todo = [one for one in run.found if not known.get(mark_of(*one))]
        account.there = len(run.found) - len(todo)
        if todo:
            task = bar.add_task("recordings", total=len(run.found), completed=account.there)
            with workers(run.scheduler, run.n_workers) as client:
                for outcome in outcomes(client, _tasks(run, todo)):
                    at = datetime.now(UTC)
                    account.add(outcome, entry.enter(outcome, at), at)
                    bar.advance(task)
        with reported(run.engine.url), run.engine.connect() as connection:
            return account.finish(list(missing_legs(connection, run.study, version)))


def _tasks(run: Run, todo: Sequence[tuple[Place, tuple[Mapped, ...]]]) -> Iterator[Task]:
    for place, mapped in todo:
        yield Task(place, run.study, run.profile, mapped, datetime.now(UTC))

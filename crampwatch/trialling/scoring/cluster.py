"""Workers of Dask: on this computer, or of any scheduler; tasks out, outcomes back, few at a time."""

import logging
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from crampwatch.scoring import InputError
from crampwatch.trialling.scoring.task import Outcome, Task, score_task
from nights.log.audit import SOFTWARE

Client = Any  # those of distributed may be of the blocking or of the awaiting kind, which its types cannot tell
Future = Any
CONNECT_S = 30
DEATHS = 3  # of workers that one recording may cause; with one more it counts as failed


@contextmanager
def workers(scheduler: str | None, n_workers: int | None) -> Generator[Client]:
    """Give a client of the scheduler at an address, else of `n_workers` new processes, one for each core if None.

    Raises `InputError` where no scheduler answers, none of its workers does, or one has another crampwatch.
    """
    import dask.config  # noqa: PLC0415 - slow to import
    import distributed  # noqa: PLC0415 - as above

    if scheduler is not None:
        try:
            client = distributed.Client(scheduler, timeout=CONNECT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise InputError(f"no Dask scheduler answers at {scheduler}: {error}") from error
        with client:
            _must_be_the_same(client)
            yield client
        return
    local_cluster: Any = distributed.LocalCluster
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": DEATHS}),
        local_cluster(
            n_workers=n_workers or os.cpu_count(),
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",  # none at all would be one at a fixed port, for everybody to see
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield client


def outcomes(client: Client, tasks: Iterator[Task]) -> Iterator[Outcome]:
    """Do tasks, as many at once as there are threads, and give what became of them as they get done.

    A task whose worker dies is done by another; one that more than `DEATHS` workers have died of has failed. Memory
    does not grow with the number of tasks. Raises `InputError` where the scheduler is lost.
    """
    from distributed import as_completed  # noqa: PLC0415 - slow to import

    running: dict[Future, Task] = {}
    done: Any = as_completed(loop=client.loop)

    def fill() -> None:
        room = max(1, sum(client.nthreads().values())) - len(running)
        for task in islice(tasks, max(0, room)):
            future = client.submit(score_task, task, pure=False)
            running[future] = task
            done.add(future)

    fill()
    while running:
        future = next(done)
        task = running.pop(future)
        yield _outcome(future, task)
        future.release()
        fill()


def _outcome(future: Future, task: Task) -> Outcome:
    if future.status == "cancelled":
        raise InputError("the Dask scheduler was lost; give the same command again to go on")
    error = future.exception()
    if error is None:
        return future.result()
    return Outcome(place=task.place, mapped=task.mapped, failed=(f"{type(error).__name__}: {str(error).strip()}",))


def _must_be_the_same(client: Client) -> None:
    """Refuse workers whose crampwatch is not this one: one version of a study is scored by one software."""
    try:
        client.wait_for_workers(1, timeout=CONNECT_S)
    except TimeoutError as error:
        raise InputError(f"the Dask scheduler has had no worker for {CONNECT_S} s; start one") from error
    others = {name for name in client.run(software).values() if name != SOFTWARE.name}
    if others:
        raise InputError(
            f"the workers have {', '.join(sorted(others))}, here is {SOFTWARE.name}; install one version"
        )


def software() -> str:
    """Return the program that a worker has."""
    return SOFTWARE.name

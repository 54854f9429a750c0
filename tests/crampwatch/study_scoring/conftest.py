"""Workers that the tests share: starting some takes longer than most tests."""

from collections.abc import Iterator
from typing import Any

import distributed
import pytest


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """Return a Dask cluster with one worker, a process of its own."""
    local: Any = distributed.LocalCluster
    with local(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", silence_logs=50
    ) as cluster:
        yield cluster


@pytest.fixture
def scheduler(cluster: Any) -> str:
    """Return the address of the cluster's scheduler."""
    return str(cluster.scheduler_address)

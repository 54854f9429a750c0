"""Where the handmade files of the tests of recordings are put."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.recordings.handmade import File

Put = Callable[[File | bytes], Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Write a file and give its path."""

    def write(file: File | bytes) -> Path:
        path = tmp_path / "night.edf"
        path.write_bytes(file if isinstance(file, bytes) else file.raw())
        return path

    return write

"""Real disks that are full, read-only or gone: small ones of their own where this process may mount."""

import os
import resource
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory


@cache
def can_mount() -> bool:
    """Whether this process may mount a disk."""
    with TemporaryDirectory() as folder:
        if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True, check=False).returncode:  # noqa: S603, S607
            return False
        _unmount(Path(folder))
    return True


@dataclass(frozen=True)
class Disk:
    """A folder on a disk, how to let that disk become full, and how to give it room again."""

    folder: Path
    fill: Callable[[], None]
    free: Callable[[], None]


@contextmanager
def mounted(folder: Path, kib: int = 512) -> Generator[Disk]:
    """Mount a disk of `kib` KiB on `folder`."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder)], check=True)  # noqa: S603, S607
    filler = folder / "filler"

    def fill() -> None:
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                return

    try:
        yield Disk(folder, fill, filler.unlink)
    finally:
        _unmount(folder)


@contextmanager
def limited(folder: Path) -> Generator[Disk]:
    """Let no file of this process grow, for want of a disk that can be filled."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill() -> None:
        wal = max((path.stat().st_size for path in folder.glob("*-wal")), default=0)
        resource.setrlimit(resource.RLIMIT_FSIZE, (wal, before[1]))

    def free() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    try:
        yield Disk(folder, fill, free)
    finally:
        free()


def set_read_only(folder: Path, *, read_only: bool) -> None:
    """Let a mounted disk be written no more, or again."""
    mode = "ro" if read_only else "rw"
    subprocess.run(["mount", "-o", f"remount,{mode}", str(folder)], check=True)  # noqa: S603, S607


def _unmount(folder: Path) -> None:
    # lazily: what has a file open keeps it, as with a disk that is pulled out
    subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S603, S607


def pull_out(folder: Path) -> None:
    """Take a mounted disk away from under its users; an empty folder stays."""
    _unmount(folder)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(folder)], check=True)  # noqa: S603, S607
    os.sync()

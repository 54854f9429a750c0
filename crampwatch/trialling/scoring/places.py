"""Where the recordings of a study are: found by URL on any filesystem of fsspec, at hand while scored."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from urllib.parse import urlsplit

from crampwatch.scoring import RECORDINGS, InputError

WAL = "-wal"  # what SQLite keeps beside a night file that was not finished
MARKS = ("ETag", "etag", "mtime", "LastModified", "last_modified", "modified")


@dataclass(frozen=True, slots=True)
class Place:
    """A recording where it is. `url` holds no password.

    `mark` changes with the content as far as the filesystem tells without reading it, an ETag or the time of the
    last change, and is None where it tells nothing; `has_wal` says that a night file's WAL lies beside it.
    """

    url: str
    size: int
    mark: str | None
    has_wal: bool = False

    @property
    def name(self) -> str:
        """File name."""
        return self.url.rpartition("/")[2]


def places_at(urls: Sequence[str]) -> list[Place]:
    """List the recordings at the given URLs, files or folders, each once, in order of their URLs.

    Raises `InputError` for a URL that cannot be reached, holds no recording, or has a password in it.
    """
    found: dict[str, Place] = {}
    for url in urls:
        places = list(_places_below(url))
        if not places:
            raise InputError(f"{url} holds no recording ({', '.join(RECORDINGS)})")
        found |= {place.url: place for place in places}
    return [found[url] for url in sorted(found)]


@contextmanager
def at_hand(place: Place) -> Generator[Path]:
    """Give a recording as a local path: itself where it is local, else a copy, which is deleted afterwards.

    The copy is made block by block. Raises `InputError` where it cannot be had as it was listed.
    """
    filesystem, path, local = _reached(place.url)
    if local:
        yield Path(path)
        return
    with TemporaryDirectory(prefix="crampwatch-") as folder:
        copy = Path(folder) / place.name
        with _told(place.url, filesystem):
            filesystem.get_file(path, str(copy))
            if place.has_wal:
                filesystem.get_file(path + WAL, str(copy) + WAL)
        if copy.stat().st_size != place.size:
            raise InputError(
                f"{place.url} had {place.size} bytes when it was listed, the copy {copy.stat().st_size}"
            )
        yield copy


def _places_below(url: str) -> Iterator[Place]:
    filesystem, root, local = _reached(url)
    with _told(url, filesystem):
        infos: dict[str, dict[str, Any]] = filesystem.find(root, withdirs=False, detail=True)
        if not infos and not filesystem.exists(root):
            raise FileNotFoundError(url)
    for path, info in infos.items():
        if not path.lower().endswith(RECORDINGS):
            continue
        beside = infos.get(path + WAL)
        marks = [_mark(each) for each in (info, beside) if each]
        yield Place(
            url=f"file://{path}" if local else url.rstrip("/") + path.removeprefix(root.rstrip("/")),
            size=int(info["size"]),
            mark=None if None in marks else " ".join(filter(None, marks)),
            has_wal=beside is not None,
        )


def _mark(info: dict[str, Any]) -> str | None:
    return next((f"{name} {info[name]}" for name in MARKS if info.get(name)), None)


def _reached(url: str) -> tuple[Any, str, bool]:
    """Return the filesystem of a URL, the path in it, and whether it is that of this computer."""
    from fsspec import core  # noqa: PLC0415 - an extra
    from fsspec.implementations.local import LocalFileSystem  # noqa: PLC0415 - an extra

    if "://" in url and urlsplit(url).password is not None:
        shown = url.replace(f":{urlsplit(url).password}@", ":***@")
        raise InputError(
            f"{shown} has a password in it, which would end in the log and its audit trail; "
            "use a key, or put it into the environment (FSSPEC_SFTP_PASSWORD)"
        )
    with _told(url):
        reach = cast("Callable[[str], tuple[Any, str]]", core.url_to_fs)
        filesystem, path = reach(url)
    return filesystem, path, isinstance(filesystem, LocalFileSystem)


@contextmanager
def _told(url: str, filesystem: Any = None) -> Generator[None]:
    """Turn what a filesystem can raise into `InputError`; its connection is made anew the next time."""
    try:
        yield
    except FileNotFoundError as error:
        raise InputError(f"there is no file or folder {url}") from error
    except ImportError as error:
        raise InputError(f"{url}: {error}; it is not part of crampwatch, install it beside it with pip") from error
    except Exception as error:  # filesystems have errors of their own, without a common base
        if filesystem is not None:
            type(filesystem).clear_instance_cache()
        raise InputError(f"{url} cannot be reached: {type(error).__name__}: {error}") from error

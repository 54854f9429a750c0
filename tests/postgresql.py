"""A real PostgreSQL server for tests: a cluster of its own on a socket in a temporary folder."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

OWNER = "postgres"  # the server refuses to run as root
BINARIES = Path("/usr/lib/postgresql")


def binaries() -> Path | None:
    """Return the folder of the newest server installed, None where there is none."""
    found = sorted(BINARIES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def server() -> Generator[str]:
    """Start a server; give the URL of its first database, without the name at its end."""
    folder = binaries()
    assert folder is not None, "install PostgreSQL's server, Debian's package postgresql"
    user = OWNER if os.geteuid() == 0 else None
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    if user:
        shutil.chown(home, user)
    data, log = home / "data", home / "log"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(  # noqa: S603 - the server's own programs
            [folder / program, "-D", data, *arguments], user=user, check=True, capture_output=True, cwd=home
        )

    run("initdb", "--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8")
    try:
        run("pg_ctl", "-w", "-l", str(log), "-o", f"-c listen_addresses='' -k {home} -c fsync=off", "start")
        try:
            yield f"postgresql://postgres@/{{}}?host={home}"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home)


def new_database(pattern: str, name: str) -> str:
    """Make an empty database on a server and return its URL."""
    url = make_url(pattern.format("postgres")).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return pattern.format(name)

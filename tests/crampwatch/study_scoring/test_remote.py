"""Recordings on another computer: a real SFTP server, read by the workers, with nothing left behind."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from tests.crampwatch.study_scoring.recordings import logged, record, study_file
from tests.trial.studies import person

PROGRAM = (sys.executable, "-c", "from crampwatch.command_line import app; app()")
PASSWORD = "not-a-secret"  # noqa: S105 - of a server that lives for one test


class _Server(asyncssh.SSHServer):
    """Lets one user in."""

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("reader", PASSWORD)


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[str]:
    """Return the URL of a folder on an SFTP server, which is `there` of the test's own."""
    (tmp_path / "there").mkdir()
    started, port = threading.Event(), [0]
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    def files(channel: Any) -> asyncssh.SFTPServer:
        return asyncssh.SFTPServer(channel, chroot=os.fsencode(tmp_path / "there"))

    async def serve() -> None:
        key = asyncssh.generate_private_key("ssh-ed25519")
        async with await asyncssh.create_server(
            _Server, "127.0.0.1", 0, server_host_keys=[key], sftp_factory=files
        ) as server:
            port[0] = server.get_port()
            started.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert started.wait(30)
    yield f"sftp://reader@127.0.0.1:{port[0]}/nights"
    loop.call_soon_threadsafe(over.set)
    thread.join()
    loop.close()


def run(study: Path, url: str, *more: str, code: int, **environment: str) -> str:
    folder = study.parent
    (folder / "tmp").mkdir(exist_ok=True)
    words = ["score", str(study), "--recordings", url, "--db", f"sqlite:///{folder}/nights.db", "--workers", "1"]
    found = subprocess.run(  # noqa: S603 - our own program
        [*PROGRAM, "trial", *words, "--out", str(folder / "scored"), *more],
        env={**os.environ, "TMPDIR": str(folder / "tmp"), "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert found.returncode == code, found.stdout + found.stderr
    return " ".join((found.stdout + found.stderr).split())


def test_recordings_come_from_an_sftp_server_once(sftp: str, tmp_path: Path) -> None:
    study = study_file(tmp_path, person("A-001"), person("A-002"))
    there = tmp_path / "there" / "nights"
    record(there / "one.edf")
    record(there / "sub-A002" / "two.edf", None, cramps=0, seed=3)
    (there / "broken.edf").write_bytes(b"0       no header")
    said = run(study, sftp, code=3, FSSPEC_SFTP_PASSWORD=PASSWORD)
    assert "2 recordings scored, 0 there already, 1 failed; 0 participants without any" in said
    assert f"{sftp}/broken.edf: the header is cut" in said
    nights = logged(f"sqlite:///{tmp_path}/nights.db")["nights"].values()
    counts = {(night["participant"], night["file"], night["cramp_count"]) for night in nights}
    assert counts == {("A-001", "one.edf", 1), ("A-002", "two.edf", 0)}
    assert list((tmp_path / "tmp").glob("crampwatch-*")) == []
    assert PASSWORD not in (tmp_path / "scored" / "log.jsonl").read_text("utf-8")
    said = run(study, sftp, code=3, FSSPEC_SFTP_PASSWORD=PASSWORD)
    assert "0 recordings scored, 2 there already, 1 failed" in said
    said = run(study, sftp, code=1, FSSPEC_SFTP_PASSWORD="wrong")  # noqa: S106 - of no server
    assert "cannot be reached: AuthenticationException" in said
    said = run(study, sftp, code=1, FSSPEC_SFTP_PASSWORD=PASSWORD, FSSPEC_SFTP_HOST_KEY_POLICY="reject")
    assert "cannot be reached: SSHException" in said

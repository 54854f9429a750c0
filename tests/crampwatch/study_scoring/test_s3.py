"""Recordings in a bucket: read by s3fs, which the workers find by fsspec, from a server that speaks S3."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from moto.server import ThreadedMotoServer

from tests.crampwatch.study_scoring.recordings import logged, record, study_file
from tests.crampwatch.study_scoring.test_remote import run
from tests.trial.studies import person

KEYS = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the URL of a bucket with two recordings and what is none; every S3 client here reaches its server."""
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {**KEYS, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}.items():
        monkeypatch.setenv(name, value)
    there: Any = fsspec.filesystem("s3", skip_instance_cache=True)
    there.mkdir("nights-of-a-trial")
    for file in (record(tmp_path / "one.edf"), record(tmp_path / "two.edf", "A-002", cramps=0, seed=3)):
        there.put(str(file), f"nights-of-a-trial/nights/{file.name}")
        file.unlink()
    there.pipe("nights-of-a-trial/nights/broken.edf", b"0       no header")
    yield "s3://nights-of-a-trial/nights"
    server.stop()


def test_recordings_come_from_a_bucket_once(bucket: str, tmp_path: Path) -> None:
    study = study_file(tmp_path, person("A-001"), person("A-002"))
    said = run(study, bucket, code=3)
    assert "2 recordings scored, 0 there already, 1 failed" in said
    assert f"{bucket}/broken.edf: the header is cut" in said
    nights = logged(f"sqlite:///{tmp_path}/nights.db")["nights"].values()
    counts = {(night["participant"], night["file"], night["cramp_count"]) for night in nights}
    assert counts == {("A-001", "one.edf", 1), ("A-002", "two.edf", 0)}
    assert list((tmp_path / "tmp").glob("crampwatch-*")) == []
    assert "0 recordings scored, 2 there already, 1 failed" in run(study, bucket, code=3)
    assert os.environ["AWS_SECRET_ACCESS_KEY"] not in (tmp_path / "scored" / "log.jsonl").read_text("utf-8")

"""Blinding: what a reader gets depends on the contraction alone, to the last byte."""

import json
import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from sqlalchemy import Engine, text

from nights.log.audit import Actor, Role
from nights.log.database import open_database
from tests.trial.logs import version_with
from tests.trial.review.nights import AT, FIRST, Made, night_with
from trial.review import ReviewError, draw_packets, drawn_packets, open_to
from trial.review.blinded import SHOWN, BlindPacket, Signals, blinded, episodes_of
from trial.review.form import read_form
from trial.review.picture import envelope_uv
from trial.review.writing import write_packets
from trial.study import Study

READER = "reader-1"
ADDRESS = re.compile(rb"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")


def signals() -> Signals:
    """Forty seconds of noise that is ten times as loud from second 10 to 30, with a gap; the leg lies still."""
    rng = np.random.default_rng(1)
    emg = rng.normal(0.0, 3.0, (40_000, 2))
    emg[10_000:30_000, 0] *= 10
    emg[20_000:20_500] = np.nan
    return Signals(onset_s=10.0, emg_uv=emg, emg_fs_hz=1000.0, acc_g=rng.normal(0, 0.01, (2080, 3)), acc_fs_hz=52.0)


def written(engine: Engine, study: Study, out: Path) -> dict[str, bytes]:
    """Write all packets of a study with signals; return the files."""
    with engine.connect() as connection:
        wanted = open_to(drawn_packets(connection, study.name, 1), study.review, READER)
        rows = list(episodes_of(connection, wanted))
    packets = [replace(blinded(packet.code, episode), signals=signals()) for packet, _, episode in rows]
    write_packets(out, READER, [packet.code for packet in wanted], packets)
    return {path.name: path.read_bytes() for path in out.iterdir()}


def log_of(folder: Path, study: Study, episodes: Sequence[Made], evening: date, **said: Any) -> Engine:
    """Return a log of one night whose packets have the codes CODE0001 and so on, in the order of the episodes."""
    folder.mkdir()
    engine = open_database(f"sqlite:///{folder / 'nights.db'}")
    with engine.begin() as connection:
        version_with(connection, study, [night_with(connection, evening, episodes, **said)])
        draw_packets(connection, study, 1, Actor("co", Role.COORDINATOR), AT)
        connection.execute(text("UPDATE packet SET code = 'CODE000' || number"))
    return engine


def test_two_nights_that_differ_in_all_but_the_contractions_give_the_same_bytes(
    study: Study, tmp_path: Path
) -> None:
    """Another person, leg, sensor, zone, date, hour, program, profile and call; the same lengths and features."""
    counted = log_of(tmp_path / "a", study, [Made(at_h=1.0), Made(at_h=2.0, probability=0.99)], FIRST)
    missed = log_of(
        tmp_path / "b",
        study,
        [Made(at_h=5.0, label="gait", probability=0.2), Made(at_h=6.0, label="artefact", probability=0.1)],
        FIRST + timedelta(days=40),
        participant="A-002", leg="R", muscle="SO", channel="XYZ", zone="Europe/Lisbon", file="secret.edf",
        recording_sha256="f" * 64, software="other 9.9.9", profile="calf-9", profile_hash="9" * 16,
        model="learned-9", config_hash="9" * 16,
    )  # fmt: skip
    one, other = (written(engine, study, tmp_path / name) for engine, name in ((counted, "one"), (missed, "other")))
    assert set(one) == {
        "CODE0001.html",
        "CODE0001.json",
        "CODE0002.html",
        "CODE0002.json",
        "index.html",
        "readings.csv",
    }
    assert one == other
    counted.dispose()
    missed.dispose()


def test_nothing_of_a_study_is_in_what_a_reader_gets(study: Study, tmp_path: Path) -> None:
    """The identities are distinctive on purpose; what is drawn is looked into too."""
    engine = log_of(
        tmp_path / "log", study, [Made(at_h=1.2345, duration_s=61.2345, probability=0.8765), Made(at_h=3.0)], FIRST,
        file="Mueller_1950-01-01.edf", muscle="GM", software="crampwatch 0.1.0", profile="calf-1-learned",
        profile_hash="feedfacefeedface", model="learned-1:deadbeef", config_hash="c0ffeec0ffeec0ff",
        recording_sha256="abad1dea" * 8,
    )  # fmt: skip
    files = written(engine, study, tmp_path / "out")
    pictures = [b64decode(found) for content in files.values() for found in ADDRESS.findall(content)]
    assert len(pictures) == 2
    secret = [
        "A-001", "K2-EXAMPLE", "Zurich", "Lisbon", "Europe", "2026-", "22:00", "23:14", "Mueller", "1950-",
        "0.8765", "61.2345", "4444.2", "1.2345", "calf-1", "feedface", "learned", "deadbeef", "c0ffee", "abad1dea",
        "0.1.0", "L-GM", "because", "probability", mpl.__version__, "active", "placebo", "CW-0007",
    ]  # fmt: skip
    for content in [*files.values(), *pictures]:
        plain = ADDRESS.sub(b"", content).decode().lower()
        assert [word for word in secret if word.lower() in plain] == []
    assert {path.stat().st_mtime for path in (tmp_path / "out").iterdir()} == {0.0}
    assert b"<metadata" not in pictures[0]
    assert b"<!-- Created" not in pictures[0]
    engine.dispose()


def test_only_the_index_and_the_form_say_what_a_label_is(study: Study, tmp_path: Path) -> None:
    engine = log_of(tmp_path / "log", study, [Made(at_h=1.0), Made(at_h=2.0, label="gait", probability=0.3)], FIRST)
    files = written(engine, study, tmp_path / "out")
    for code in ("CODE0001", "CODE0002"):
        document = json.loads(files[f"{code}.json"])
        assert set(document) == {"schema", "schema_version", "notice", "code", "features", "signals"}
        assert document["features"]["duration_s"] == 60.0
        assert document["features"]["floor_uv"] == 3.14
        assert document["features"]["turn_deg"] is None
        assert document["features"]["gap_s"] == 0.0  # 1.46e-12 s in the log: tells of the time of day
        assert "interval_s" not in document["features"]
        assert len(document["signals"]["envelope_uv"]) == 2
        assert b"not measured" in files[f"{code}.html"]
    assert "CODE0001" in (tmp_path / "out" / "readings.csv").read_text("utf-8")
    assert read_form(tmp_path / "out" / "readings.csv") == ([], 2)
    with pytest.raises(ReviewError, match="is not empty; name a new folder"):
        write_packets(tmp_path / "out", READER, [], [])
    engine.dispose()


def test_a_packet_without_signals_or_features_can_be_written(tmp_path: Path) -> None:
    features: dict[str, float | None] = dict.fromkeys(SHOWN) | {"duration_s": 20.0}
    write_packets(tmp_path / "out", READER, ["X"], [BlindPacket(code="X", features=features)])
    assert "numbers only" in (tmp_path / "out" / "X.html").read_text("utf-8")
    assert json.loads((tmp_path / "out" / "X.json").read_text("utf-8"))["signals"] is None


def test_the_envelope_is_the_rms_of_half_a_second() -> None:
    """A sine of 100 Hz and amplitude 100 has an RMS of 70.7 in the band; a constant has none; a gap is unknown."""
    time_s = np.arange(4000) / 1000
    sine = 100 * np.sin(2 * np.pi * 100 * time_s) + 500
    sine[3000:3100] = np.nan
    level = envelope_uv(sine, 1000.0)
    assert len(level) == 80
    assert np.isnan(level[:9]).all()
    assert level[20:60] == pytest.approx(100 / np.sqrt(2), rel=0.01)
    assert np.isnan(level[60:71]).all()
    assert np.isfinite(level[71:]).all()
    assert envelope_uv(np.zeros(10), 1000.0).size == 0

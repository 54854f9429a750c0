"""The report of a night: what it says, that it says it safely, and that it needs nothing but itself."""

import re
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray

from detection import NightTrace
from models import Label, Profile, ScoredEpisode
from nights import Missing, NightRecord, NightScorer, Recording
from nights.report import Excerpt, write_report
from nights.report.palette import LABEL_COLOURS, LOSS_COLOURS
from nights.report.wording import LABEL_WORDS, LOSS_WORDS
from signals import Channel, Gap, GapReason, SampleBlock, Stream, StreamItem

FS_HZ, ACC_FS_HZ = 1000, 52
NIGHT_S = 300
CRAMP_S = (120, 160)
STREAMS = (
    Stream("emg", FS_HZ, (Channel("EMG L-GM", "EMG", "L", "GM"), Channel("EMG L-TA", "EMG", "L", "TA"))),
    Stream("acc", ACC_FS_HZ, tuple(Channel(f"ACC L-{axis}", "ACC", "L", axis) for axis in "XYZ")),
)
RECORDING = Recording(
    participant="CW-017",
    leg="L",
    muscle="GM",
    channel="EMG L-GM",
    night=date(2026, 1, 14),
    start=datetime(2026, 1, 14, 22, 47, 12, tzinfo=ZoneInfo("Europe/Berlin")),
    zone="Europe/Berlin",
    file="night.edf",
    sha256="9f" * 32,
    fs_hz=FS_HZ,
    has_acceleration=True,
)
WITHOUT_ACC = replace(RECORDING, has_acceleration=False)


@dataclass(frozen=True, slots=True, eq=False)
class Night:
    """A scored night and the signals that it was scored from."""

    record: NightRecord
    trace: NightTrace
    emg_uv: NDArray[np.float64]
    acc_g: NDArray[np.float64] | None

    def excerpt(self, scored: ScoredEpisode) -> Excerpt:
        """Cut out what lies 15 s around a cramp."""
        first_s, end_s = int(scored.episode.start_s) - 15, int(scored.episode.end_s) + 15
        acc_g = None if self.acc_g is None else self.acc_g[first_s * ACC_FS_HZ : end_s * ACC_FS_HZ]
        return Excerpt(
            episode=scored,
            start_s=first_s,
            emg_uv=self.emg_uv[first_s * FS_HZ : end_s * FS_HZ],
            emg_fs_hz=FS_HZ,
            channels=("EMG L-GM", "EMG L-TA"),
            acc_g=acc_g,
            acc_fs_hz=None if acc_g is None else ACC_FS_HZ,
        )

    def cramps(self) -> list[ScoredEpisode]:
        """Return the counted cramps."""
        return [scored for scored in self.record.episodes if scored.label is Label.CRAMP]


def scored_night(*, cramp: bool, acc: bool) -> Night:
    """Five minutes of rest at 3 uV, with a movement of 12 s, and with a cramp of 40 s at 80 uV or without."""
    random = np.random.default_rng(7)
    emg_uv = np.asfortranarray(3 * random.standard_normal((NIGHT_S * FS_HZ, 2)))
    emg_uv[220 * FS_HZ : 232 * FS_HZ] *= 20
    if cramp:
        emg_uv[CRAMP_S[0] * FS_HZ : CRAMP_S[1] * FS_HZ, 0] *= 80 / 3
    acc_g = np.asfortranarray(
        np.array((0.1, -0.2, 0.97)) + 0.002 * random.standard_normal((NIGHT_S * ACC_FS_HZ, 3))
    )
    items: list[StreamItem] = [SampleBlock("emg", 0, emg_uv)]
    if acc:
        items.append(SampleBlock("acc", 0, acc_g))
    return scored(items, emg_uv, acc_g if acc else None)


def scored(items: Iterable[StreamItem], emg_uv: NDArray[np.float64], acc_g: NDArray[np.float64] | None) -> Night:
    """Score the items; with acceleration where there is some."""
    scorer = NightScorer(STREAMS if acc_g is not None else STREAMS[:1], Profile.load("calf-1"))
    for item in items:
        scorer.update(item)
    record = scorer.finish(RECORDING if acc_g is not None else WITHOUT_ACC)
    return Night(record, scorer.trace(), emg_uv, acc_g)


@cache
def cramp_night() -> Night:
    return scored_night(cramp=True, acc=True)


@cache
def zero_night() -> Night:
    return scored_night(cramp=False, acc=False)


@cache
def missing_night() -> Night:
    lead_off = Gap("emg", 0, NIGHT_S * FS_HZ, GapReason.LEAD_OFF)
    return scored([lead_off], np.full((NIGHT_S * FS_HZ, 2), np.nan), None)


def many_cramps(number: int) -> NightRecord:
    """Return the record of the cramp night with its cramp many times over."""
    night = cramp_night()
    cramp = night.cramps()[0]
    episodes = tuple(
        replace(
            cramp,
            episode=replace(cramp.episode, start=cramp.episode.start + i, end=cramp.episode.end + i),
        )
        for i in range(number)
    )
    return replace(night.record, episodes=episodes, cramp_count=number)


def page_of(night: Night, tmp_path: Path, record: NightRecord | None = None) -> str:
    path = tmp_path / "night_report.html"
    excerpts = [night.excerpt(cramp) for cramp in night.cramps()] if record is None else []
    write_report(path, record or night.record, night.trace, excerpts)
    return path.read_text("utf-8")


def head_of(page: str) -> str:
    found = re.search(r"<header.*?</header>", page, re.DOTALL)
    assert found
    return found[0]


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.mark.parametrize(("number", "words"), [(1, "1 cramp "), (2, "2 cramps "), (11, "11 cramps ")])
def test_the_headline_is_the_count_of_the_record(number: int, words: str, tmp_path: Path) -> None:
    page = page_of(cramp_night(), tmp_path, many_cramps(number))
    assert words_of(head_of(page)).startswith(words)
    assert '<header class="counted">' in page


def test_a_night_without_cramps_says_zero(tmp_path: Path) -> None:
    head = head_of(page_of(zero_night(), tmp_path))
    assert words_of(head).startswith("0 cramps ")
    assert "No count" not in head


def test_a_night_without_usable_time_says_that_there_is_no_count(tmp_path: Path) -> None:
    assert missing_night().record.missing is Missing.NO_USABLE_TIME
    page = page_of(missing_night(), tmp_path)
    assert words_of(head_of(page)).startswith("No count: no usable time ")
    assert "0 cramps" not in words_of(page)
    assert "Nothing could be counted" in page


def test_zero_and_missing_do_not_look_alike(tmp_path: Path) -> None:
    zero, missing = page_of(zero_night(), tmp_path), page_of(missing_night(), tmp_path)
    assert '<header class="zero">' in zero
    assert '<header class="missing">' in missing
    style = re.search(r"\.missing \.count \{[^}]*\}", missing, re.DOTALL)
    assert style
    assert "border: 2px dashed" in style[0]
    assert "color:" in style[0]


def test_whose_night_it_was_is_said_in_local_time(tmp_path: Path) -> None:
    head = words_of(head_of(page_of(cramp_night(), tmp_path)))
    assert "CW-017 Night 14 January to 15 January 2026 Leg left Muscle gastrocnemius medialis" in head
    assert "22:47 – 22:52 (Europe/Berlin)" in head
    assert "Not a valid night" in head  # five minutes are less than four hours


def test_what_a_recording_hides_is_said_to_be_unknown(tmp_path: Path) -> None:
    hidden = replace(RECORDING, start=None, zone=None, night=None, leg=None, muscle=None)
    record = replace(cramp_night().record, recording=hidden)
    page = words_of(page_of(cramp_night(), tmp_path, record))
    assert "time of day not recorded" in page
    assert page.count("not stated") == 3
    assert "+0:02:00" in page  # the onset, two minutes after the start


def test_what_was_lost_stands_in_the_head_by_its_cause(tmp_path: Path) -> None:
    head = words_of(head_of(page_of(missing_night(), tmp_path)))
    assert "0 s usable of 5 min 00 s monitored (0 %)" in head
    assert "electrode off 5 min 00 s" in head


def test_usable_time_is_never_rounded_up_to_all(tmp_path: Path) -> None:
    record = replace(cramp_night().record, monitored_s=28800.0, usable_s=28799.0)
    assert "(99.9 %)" in head_of(page_of(cramp_night(), tmp_path, record))


def test_remarks_of_the_reader_are_told(tmp_path: Path) -> None:
    remarked = replace(RECORDING, remarks=("The header gives no filter.",))
    page = page_of(cramp_night(), tmp_path, replace(cramp_night().record, recording=remarked))
    assert "The header gives no filter." in head_of(page)


def test_a_night_without_acceleration_says_so(tmp_path: Path) -> None:
    page = page_of(zero_night(), tmp_path)
    assert "Scored without acceleration: movement could not be held against any episode." in head_of(page)
    assert "movement and posture cannot be shown" in page
    with_acc = page_of(cramp_night(), tmp_path)
    assert "without acceleration" not in with_acc
    assert "cannot be shown" not in with_acc


def test_text_from_outside_is_escaped(tmp_path: Path) -> None:
    bad = "<script>alert('x')</script>"
    hostile = replace(RECORDING, participant=bad, file=bad, channel=bad, muscle=bad, sha256=bad, remarks=(bad,))
    page = page_of(cramp_night(), tmp_path, replace(cramp_night().record, recording=hostile))
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 7  # the title too


def test_the_page_needs_nothing_but_itself(tmp_path: Path) -> None:
    page = page_of(cramp_night(), tmp_path)
    addresses = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"'\s>)]*)""", page)
    assert len(addresses) == 2  # the night and its cramp
    for address in addresses:
        kind, content = address.split(",", 1)
        assert kind == "data:image/svg+xml;base64"
        links = re.findall(r'(?:href|src)="([^"]*)"', b64decode(content).decode())
        assert all(link.startswith(("#", "data:image/png;base64,")) for link in links)
    assert "<script" not in page
    assert "@import" not in page


def test_the_same_night_gives_the_same_bytes(tmp_path: Path) -> None:
    assert page_of(cramp_night(), tmp_path) == page_of(cramp_night(), tmp_path)


def test_every_label_and_every_loss_has_words_and_a_colour_of_its_own() -> None:
    assert LABEL_COLOURS.keys() == LABEL_WORDS.keys() == set(Label)
    assert LOSS_COLOURS.keys() == LOSS_WORDS.keys() == set(GapReason)
    assert len(set(LABEL_COLOURS.values())) == len(Label)
    assert len(set(LOSS_COLOURS.values())) == len(GapReason)


def test_a_report_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    target = tmp_path / "taken"
    target.mkdir()
    night = zero_night()
    with pytest.raises(OSError, match="taken"):
        write_report(target, night.record, night.trace, [])
    assert list(tmp_path.iterdir()) == [target]

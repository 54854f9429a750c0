"""Drawing packets: which episodes are to be read, by the rule of the study, and the codes that they go by."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from models import Label
from nights.log import EpisodeRow, NightRow
from nights.log.audit import Actor, Change, digest, record
from nights.log.log import logged_nights
from nights.log.schema import Packet
from trial.nightly import leg_nights
from trial.records import results
from trial.review.packets import packets_of, refuse_locked
from trial.study import Study

CRAMP_MIN_S = 15.0
"""Length from which a contraction can be a cramp, by the definition; shorter ones are not read."""

CODE_SIGNS = "BCDFGHJKLMNPQRSTVWXZ23456789"  # no vowels: no words; nothing that is easily misread
CODE_LENGTH = 8
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What came of drawing: how many episodes the rule chooses of either kind, and how many are new."""

    counted: int
    near_misses: int
    new: int


def draw_packets(connection: Connection, study: Study, number: int, by: Actor, at: datetime) -> Drawn:
    """Enter a packet for every episode that the study's rule chooses and that has none; the caller commits.

    Read are the nights that the endpoint counts: all or a share of the counted cramps, and of the near misses,
    which are at least 15 s long and not counted, though their probability of a cramp reaches the study's figure.
    Shares are taken by a hash over the study's seed, the recording and the episode: the same episodes are chosen
    whenever it is done, so that drawing again adds what is new and nothing else. Codes are random.

    Raises `ReviewError` where the study is locked.
    """
    record(connection, by, at, [])  # lets one writer through at a time: two who draw at once do not draw twice
    refuse_locked(connection, study.name)
    there = packets_of(connection, study.name)
    known = {(packet.night_id, packet.number) for packet in there}
    codes = {packet.code for packet in there}
    counted = near_misses = 0
    new: list[dict[str, object]] = []
    for night, episode in _chosen(connection, study, number):
        is_counted = episode.label == Label.CRAMP
        counted, near_misses = counted + is_counted, near_misses + (not is_counted)
        if (night.id, episode.number) not in known:
            code = _new_code(codes)
            new.append({"study": study.name, "code": code, "night_id": night.id, "number": episode.number})
    _enter(connection, study.name, new, by, at)
    return Drawn(counted=counted, near_misses=near_misses, new=len(new))


def _chosen(connection: Connection, study: Study, number: int) -> Iterator[tuple[NightRow, EpisodeRow]]:
    expected = leg_nights(study, list(results(connection, study, number)))
    ids = sorted({result for night in expected for result in night.results})
    rule = study.review
    for night, episodes, _ in logged_nights(connection, ids):
        for episode in episodes:
            if episode.label == Label.CRAMP:
                share = rule.counted_share
            elif episode.duration_s >= CRAMP_MIN_S and episode.probability_cramp >= rule.near_miss_probability:
                share = rule.near_miss_share
            else:
                continue
            if _position(study.seed, night, episode) < share:
                yield night, episode


def _position(seed: int, night: NightRow, episode: EpisodeRow) -> float:
    """Return a number in [0, 1), the same for an episode whenever it is drawn."""
    text = f"{seed} {night.recording_sha256} {night.channel} {episode.number}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48


def _new_code(taken: set[str]) -> str:
    """Return a random code that is not taken, and take it."""
    while True:
        code = "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
        if code not in taken:
            taken.add(code)
            return code


def _enter(connection: Connection, study: str, packets: list[dict[str, object]], by: Actor, at: datetime) -> None:
    changes: list[Change] = []
    for first in range(0, len(packets), BATCH):
        some = packets[first : first + BATCH]
        connection.execute(insert(Packet), some)
        stored = select(Packet.__table__).where(
            Packet.study == study, Packet.code.in_([packet["code"] for packet in some])
        )
        for row in connection.execute(stored.order_by(Packet.id)).mappings():
            after = {"digest": digest(dict(row)), **row}
            changes.append(
                Change(kind="packet", key=str(row["id"]), before=None, after=after, why="drawn to be read")
            )
    record(connection, by, at, changes)

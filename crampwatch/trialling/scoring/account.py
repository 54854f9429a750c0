"""The account of a run: a line per recording while it goes on, and at the end what was done and what was not."""

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from crampwatch.trialling.scoring.entering import Entered
from crampwatch.trialling.scoring.task import Outcome, ScoredLeg
from nights.night_json import NOTICE
from trial.records import Version
from trial.study import Study

SECONDS_PER_HOUR = 3600.0


class Account:
    """Counts what becomes of recordings and writes `log.jsonl`, then `account.json`, into a folder.

    The log goes on where an earlier run ended; the account says how things stand after the last run. `there` begins
    with the recordings that are known to be in the version without being read.
    """

    def __init__(self, folder: Path, study: Study, version: Version) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "account.json"
        self._study, self._version = study, version
        self._began = datetime.now(UTC)
        self._log = (folder / "log.jsonl").open("a+b", buffering=0)
        self.scored = 0
        self.there = 0
        self.failed: list[dict[str, str]] = []

    def __enter__(self) -> Self:
        end = self._log.seek(0, os.SEEK_END)
        if end:
            self._log.seek(end - 1)
            if self._log.read(1) != b"\n":  # a run was killed in the middle of a line
                self._log.write(b"\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._log.close()

    def add(self, outcome: Outcome, entered: Entered, at: datetime) -> None:
        """Count a recording and write its lines."""
        said: dict[str, object] = {"at": at.isoformat(timespec="seconds"), "recording": outcome.place.url}
        said |= {"version": self._version.number, "seconds": round(outcome.seconds, 2)}
        for state, legs in (("scored", entered.new), ("there already", entered.there)):
            for leg in legs:
                self._write(said | {"state": state, **_result(leg)})
        for reason in entered.failed:
            self._write(said | {"state": "failed", "reason": reason})
            self.failed.append({"recording": outcome.place.url, "reason": reason})
        if not entered.failed:
            self.scored += bool(entered.new)
            self.there += not entered.new

    def finish(self, missing: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """Write and return the account; `missing` are participants and legs without any recording."""
        nobody = [one.id for one in self._study.participants if {(one.id, leg) for leg in one.legs} <= set(missing)]
        document = {
            "notice": NOTICE,
            "study": self._study.name,
            "version": self._version.number,
            "profile": self._version.profile,
            "profile_hash": self._version.profile_hash,
            "software": self._version.software,
            "began": self._began.isoformat(timespec="seconds"),
            "ended": datetime.now(UTC).isoformat(timespec="seconds"),
            "scored": self.scored,
            "there_already": self.there,
            "failed": len({one["recording"] for one in self.failed}),
            "failures": sorted(self.failed, key=lambda one: (one["recording"], one["reason"])),
            "participants_without_recording": nobody,
            "legs_without_recording": [f"{name} {leg}" for name, leg in missing if name not in nobody],
        }
        part = self.file.with_name(f".{self.file.name}.{os.getpid()}.part")
        part.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(self.file)
        return document

    def _write(self, line: dict[str, object]) -> None:
        self._log.write((json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n").encode())


def _result(leg: ScoredLeg) -> dict[str, object]:
    night = leg.night
    return {
        "participant": leg.participant,
        "leg": leg.leg,
        "night": night["night"].isoformat(),
        "cramp_count": night["cramp_count"],
        "missing": night["missing"],
        "usable_h": round(night["usable_s"] / SECONDS_PER_HOUR, 4),
        "profile": night["profile"],
        "profile_hash": night["profile_hash"],
        "model": night["model"],
        "config_hash": night["config_hash"],
        "software": night["software"],
        "remarks": list(leg.remarks),
    }

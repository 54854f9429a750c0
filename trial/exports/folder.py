"""One export: a folder with a part for every format, and a manifest of it. It appears whole or not at all."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from nights.log.audit import SOFTWARE
from nights.night_json import NOTICE
from trial.errors import TrialError
from trial.exports.bids import write_bids
from trial.exports.cdisc import write_dataset_json, write_define, write_xpt
from trial.exports.data import StudyData
from trial.exports.fhir import write_fhir
from trial.exports.parquet import write_parquet
from trial.exports.redcap import write_redcap

FORMATS: dict[str, Callable[[StudyData, Path], list[Path]]] = {
    "dataset-json": write_dataset_json,
    "xpt": write_xpt,
    "define": write_define,
    "redcap": write_redcap,
    "parquet": write_parquet,
    "bids": write_bids,
    "fhir": write_fhir,
}
MANIFEST = "manifest.json"


class ExportError(TrialError):
    """An export cannot be made as it was asked for; the message says why and what to do."""


def must_be_possible(names: Sequence[str], out: Path) -> None:
    """Refuse formats that there are not, and a folder that is there already; raises `ExportError`."""
    if unknown := [name for name in names if name not in FORMATS]:
        raise ExportError(f"there is no format {', '.join(unknown)}; there are {', '.join(FORMATS)}")
    if out.exists():
        raise ExportError(f"{out} exists already; an export is never written over, name another folder")


def write_folder(
    data: StudyData,
    names: Sequence[str],
    out: Path,
    about: Mapping[str, object],
    show: Callable[[str], None] = lambda _: None,
) -> int:
    """Write a study in every named format, each in its own folder, and the manifest; return the number of files.

    `about` is added to the manifest: who exported, and from which allocation. All is written into a folder beside
    `out` that takes its name at the end. Raises `ExportError` as `must_be_possible` does, and what formats refuse.
    """
    must_be_possible(names, out)
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        part.mkdir(parents=True)
        files: list[Path] = []
        for name in dict.fromkeys(names):
            show(f"writing {name}")
            (part / name).mkdir()
            files += FORMATS[name](data, part / name)
        show("writing the manifest")
        hashes = {str(path.relative_to(part)): _sha256(path) for path in sorted(files)}
        manifest = _manifest(data) | dict(about) | {"formats": list(dict.fromkeys(names)), "files": hashes}
        text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
        (part / MANIFEST).write_text(text + "\n", encoding="utf-8")
        part.rename(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return len(files) + 1


def _manifest(data: StudyData) -> dict[str, object]:
    version = data.version
    return {
        "notice": NOTICE,
        "study": data.study.name,
        "title": data.study.title,
        "version": version.number,
        "profile": version.profile,
        "profile_hash": version.profile_hash,
        "scored_by": version.software,
        "locked": data.locked,
        "blinded": data.arm_of is None,
        "exported_by": SOFTWARE.name,
        "at": data.at.isoformat(),
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

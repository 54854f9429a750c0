"""Where the files of the data sets stand, and that nothing is written over."""

from pathlib import Path

from trial.exports.cdisc.errors import CdiscError
from trial.exports.cdisc.model import Dataset, Model

METADATA = "define.xml"
SOFTWARE = "crampwatch"


def place_of(out: Path, model: Model, name: str) -> Path:
    """Return the path of a file, its folder made. Raises `CdiscError` where the file is there already."""
    folder = out / model
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    if path.exists():
        raise CdiscError(f"{path} is there already and is not written over; name another folder or move it away")
    return path


def study_oid(study: str) -> str:
    """Return the identifier of a study in all metadata."""
    return f"STDY.{study}"


def metadata_oid(study: str, model: Model, version: int) -> str:
    """Return the identifier of the metadata of one version of a study."""
    return f"MDV.{study}.{model.upper()}.V{version}"


def group_oid(dataset: Dataset) -> str:
    """Return the identifier of a data set."""
    return f"IG.{dataset.name}"


def item_oid(dataset: Dataset, variable: str) -> str:
    """Return the identifier of a variable."""
    return f"IT.{dataset.name}.{variable}"

"""A study as data sets shaped by SDTM and ADaM: Dataset-JSON, SAS transport files, Define-XML."""

from trial.exports.cdisc.dataset_json import write_dataset_json
from trial.exports.cdisc.define import write_define
from trial.exports.cdisc.errors import CdiscError
from trial.exports.cdisc.xpt import write_xpt

__all__ = ["CdiscError", "write_dataset_json", "write_define", "write_xpt"]

"""REDCap: a data dictionary and files for its Data Import Tool, for a project with events and repeated forms."""

from trial.exports.redcap.project import RedcapError
from trial.exports.redcap.writing import write_redcap

__all__ = ["RedcapError", "write_redcap"]

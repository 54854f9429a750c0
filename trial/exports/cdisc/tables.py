"""All data sets of a study, filled."""

from dataclasses import replace

from trial.exports.cdisc import adam, sdtm
from trial.exports.cdisc.analysis import cramps, nights
from trial.exports.cdisc.devices import Scorers, exposures, identifiers, settings
from trial.exports.cdisc.events import events
from trial.exports.cdisc.findings import findings
from trial.exports.cdisc.model import Dataset, Row, Table, table_of
from trial.exports.cdisc.subject_level import subject_level
from trial.exports.cdisc.subjects import demographics, subjects_of
from trial.exports.data import StudyData


def tables_of(data: StudyData) -> list[Table]:
    """Return the data sets of a study, those of SDTM first; variables of arms only where these are known.

    Raises `CdiscError` where a record does not fit its data set.
    """
    subjects, scorers = subjects_of(data), Scorers(data)
    filled = (
        (sdtm.DM, demographics(data, subjects)),
        (sdtm.DI, identifiers(data, subjects, scorers)),
        (sdtm.DX, exposures(data, subjects)),
        (sdtm.DU, settings(data, subjects, scorers)),
        (sdtm.CE, events(data, subjects, scorers)),
        (sdtm.FA, findings(data, subjects, scorers)),
        (sdtm.RELREC, _relations(data)),
        (adam.ADSL, subject_level(data, subjects)),
        (adam.ADNIGHT, nights(data, subjects)),
        (adam.ADCE, cramps(data, subjects)),
    )
    return [table_of(_allowed(dataset, data), rows) for dataset, rows in filled]


def _allowed(dataset: Dataset, data: StudyData) -> Dataset:
    if data.arm_of is not None:
        return dataset
    return replace(dataset, variables=tuple(variable for variable in dataset.variables if not variable.unblinded))


def _relations(data: StudyData) -> list[Row]:
    """Return the records of RELREC: one cramp of CE has findings of FA (SDTMIG 3.4, 8.3)."""
    return [
        {
            "STUDYID": data.study.name,
            "RDOMAIN": domain,
            "IDVAR": variable,
            "RELTYPE": many,
            "RELID": "CEFA",
        }
        for domain, variable, many in (("CE", "CELNKID", "ONE"), ("FA", "FALNKID", "MANY"))
    ]

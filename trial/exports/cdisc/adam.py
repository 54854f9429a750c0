"""The data sets shaped by ADaM: what each has, variable by variable."""

from trial.exports.cdisc import terms
from trial.exports.cdisc.model import Codelist, Dataset, Model, Origin, Type, ValueLevel, Variable

ADAMIG, OCCDSIG = "ADaMIG", "ADaM-OCCDSIG"


def _var(
    name: str, label: str, of: Type = Type.TEXT, codelist: Codelist | None = None, *, own: bool = False
) -> Variable:
    return Variable(name=name, label=label, type=of, codelist=codelist, own=own)


def _derived(  # noqa: PLR0913 - one parameter per thing that is said of a variable
    name: str,
    label: str,
    of: Type,
    method: str,
    *,
    codelist: Codelist | None = None,
    places: int = 0,
    own: bool = False,
) -> Variable:
    return Variable(
        name=name,
        label=label,
        type=of,
        origin=Origin.DERIVED,
        method=method,
        codelist=codelist,
        places=places,
        own=own,
    )


STUDYID = _var("STUDYID", "Study Identifier")
USUBJID = _var("USUBJID", "Unique Subject Identifier")
SUBJID = _var("SUBJID", "Subject Identifier for the Study")
SITEID = _var("SITEID", "Study Site Identifier")
EPOCH = _var("EPOCH", "Epoch", codelist=terms.EPOCH)
NGHTSTAT = _derived(
    "NGHTSTAT",
    "Status of the Night",
    Type.TEXT,
    "By the study's rule of a valid night: usable hours, and their share of the monitored ones",
    codelist=terms.NIGHT_STATE,
    own=True,
)
AVISIT = _derived("AVISIT", "Analysis Visit", Type.TEXT, "Period and week within it, counted from 1")
AVISITN = _derived("AVISITN", "Analysis Visit (N)", Type.INTEGER, "Weeks of the study in their order")
ANL01FL = _derived(
    "ANL01FL", "Analysis Flag 01", Type.TEXT, "Y where the night (for a leg: its own) is valid", codelist=terms.YES
)
ANL02FL = _derived(
    "ANL02FL",
    "Analysis Flag 02",
    Type.TEXT,
    "Y where something of the night was seen: it enters the primary analysis by its exposure",
    codelist=terms.YES,
)
PROVENANCE = (
    _var("SWVER", "Software and Version of the Scoring", own=True),
    _var("PROFILE", "Scoring Profile", own=True),
    _var("PROFHASH", "Hash of the Scoring Profile", own=True),
    _var("MODEL", "Classifier", own=True),
    _var("CFGHASH", "Hash of the Configuration", own=True),
)
"""By what a row was made; more than one of a kind are joined by semicolons."""


def _treatment(name: str, label: str) -> tuple[Variable, Variable]:
    return (
        Variable(name=name, label=label, origin=Origin.ASSIGNED, unblinded=True),
        Variable(
            name=f"{name}N",
            label=f"{label} (N)",
            type=Type.INTEGER,
            origin=Origin.DERIVED,
            method="Arms in the order of the alphabet, from 1",
            unblinded=True,
        ),
    )


ADSL = Dataset(
    model=Model.ADAM,
    name="ADSL",
    label="Subject-Level Analysis",
    structure="One record per subject",
    class_name="SUBJECT LEVEL ANALYSIS DATASET",
    standard=ADAMIG,
    keys=("STUDYID", "USUBJID"),
    repeating=False,
    comment="Participants of the study file, all of them; demographics are to be merged in.",
    variables=(
        STUDYID,
        USUBJID,
        SUBJID,
        SITEID,
        *_treatment("TRT01P", "Planned Treatment for Period 01"),
        _derived(
            "ITTFL",
            "Intent-To-Treat Population Flag",
            Type.TEXT,
            "Y: whoever is in the study file has an arm",
            codelist=terms.YES_NO,
        ),
        _derived(
            "SEENFL",
            "Any Treatment Night Seen Flag",
            Type.TEXT,
            "Y where something of a night of treatment was seen: in the primary analysis",
            codelist=terms.YES_NO,
            own=True,
        ),
        _derived(
            "BLVALFL",
            "Valid Run-in Flag",
            Type.TEXT,
            "Y where the run-in has as many valid nights as the study asks for; null without a run-in",
            codelist=terms.YES_NO,
            own=True,
        ),
        _derived("AP01SDT", "Period 01 Start Date", Type.DATE, "Evening of the first planned night of treatment"),
        _derived("AP01EDT", "Period 01 End Date", Type.DATE, "Evening of the last planned night of treatment"),
        _var("LEGS", "Monitored Legs", own=True),
        _derived(
            "BLRATE",
            "Run-in Cramps per 56 h",
            Type.FLOAT,
            "Cramps of the endpoint over its exposure in the run-in, times 56 h; null where nothing was seen",
            places=6,
            own=True,
        ),
        _derived("BLEXPHRS", "Run-in Exposure Hours", Type.FLOAT, "Exposure of the endpoint", places=6, own=True),
        _derived("NGTEXP", "Treatment Nights Expected", Type.INTEGER, "By plan", own=True),
        _derived("NGTSEEN", "Treatment Nights Seen", Type.INTEGER, "Nights with a count", own=True),
        _derived("NGTVAL", "Treatment Nights Valid", Type.INTEGER, "Nights with NGHTSTAT VALID", own=True),
        _derived("WKVAL", "Treatment Weeks Valid", Type.INTEGER, "Weeks with enough valid nights", own=True),
        *PROVENANCE,
    ),
)

ADNIGHT = Dataset(
    model=Model.ADAM,
    name="ADNIGHT",
    label="Nights Analysis Dataset",
    structure="One record per subject, parameter and night",
    class_name="BASIC DATA STRUCTURE",
    standard=ADAMIG,
    keys=("STUDYID", "USUBJID", "PARAMCD", "ADT"),
    comment="Every expected night of every parameter; AVAL is null where nothing was seen, MISSRSN says why.",
    values=tuple(
        ValueLevel(
            of="AVAL",
            where="PARAMCD",
            code=one.code,
            label=one.label,
            type=one.type,
            places=one.places,
            method=one.method,
        )
        for one in terms.PARAMETERS
    ),
    variables=(
        STUDYID,
        USUBJID,
        SUBJID,
        SITEID,
        *_treatment("TRTP", "Planned Treatment"),
        EPOCH,
        AVISIT,
        AVISITN,
        _derived("ADT", "Analysis Date", Type.DATE, "Evening of the night"),
        _derived(
            "ADY", "Analysis Relative Day", Type.INTEGER, "ADT from RFSTDTC of DM; the day itself is 1, no day 0"
        ),
        _var("PARCAT1", "Parameter Category 1", codelist=terms.CATEGORY),
        _derived("PARAM", "Parameter", Type.TEXT, "What PARAMCD stands for, with its unit"),
        _var("PARAMCD", "Parameter Code", codelist=terms.PARAMETER_CODE),
        _derived("AVAL", "Analysis Value", Type.FLOAT, "By PARAMCD, see there", places=6),
        _derived(
            "ENDPTFL",
            "Primary Endpoint Parameter Flag",
            Type.TEXT,
            "Y: the parameter is what the study compares, muscles (NCRMP) or awakenings (NAWAK)",
            codelist=terms.YES,
            own=True,
        ),
        _derived("DTYPE", "Derivation Type", Type.TEXT, "Null: no row of this data set is imputed"),
        _derived(
            "MISSRSN",
            "Reason Analysis Value is Missing",
            Type.TEXT,
            "What took most of the night, of the first leg that was not valid",
            own=True,
        ),
        NGHTSTAT,
        ANL01FL,
        ANL02FL,
        *PROVENANCE,
    ),
)

ADCE = Dataset(
    model=Model.ADAM,
    name="ADCE",
    label="Cramps Analysis Dataset",
    structure="One record per counted cramp per subject",
    class_name="OCCURRENCE DATA STRUCTURE",
    standard=OCCDSIG,
    keys=("STUDYID", "USUBJID", "CELNKID"),
    comment="Cramps counted from EMG; a subject without one has no record here and its nights in ADNIGHT.",
    variables=(
        STUDYID,
        USUBJID,
        SUBJID,
        SITEID,
        *_treatment("TRTP", "Planned Treatment"),
        EPOCH,
        AVISIT,
        AVISITN,
        _var("CELNKID", "Link ID"),
        _var("CETERM", "Reported Term for the Clinical Event"),
        _var("CEDECOD", "Dictionary-Derived Term"),
        _var("CELAT", "Laterality", codelist=terms.SIDE),
        _var("CESTDTC", "Start Date/Time of Clinical Event", Type.ISO_DATETIME),
        _var("CEENDTC", "End Date/Time of Clinical Event", Type.ISO_DATETIME),
        _derived("NIGHTDT", "Date of the Evening of the Night", Type.DATE, "From CE.CEDTC", own=True),
        _derived(
            "ASTDTM",
            "Analysis Start Date/Time",
            Type.DATETIME,
            "CESTDTC on the local clock, without its distance from UTC, whole seconds",
        ),
        _derived(
            "AENDTM",
            "Analysis End Date/Time",
            Type.DATETIME,
            "CEENDTC likewise; in the hour that the clock is put back it can lie before ASTDTM",
        ),
        _derived("ADURN", "Analysis Duration (N)", Type.FLOAT, "Seconds that passed, whatever the clock", places=3),
        _derived("ADURU", "Analysis Duration Units", Type.TEXT, "Seconds"),
        _derived(
            "AINTENS", "Analysis Intensity", Type.FLOAT, "Median EMG level over resting floor", places=6, own=True
        ),
        NGHTSTAT,
        ANL01FL,
        *PROVENANCE,
    ),
)

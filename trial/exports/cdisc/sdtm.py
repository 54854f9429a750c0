"""The data sets shaped by SDTMIG 3.4 and SDTMIG-MD 1.1: what each has, variable by variable."""

from trial.exports.cdisc import terms
from trial.exports.cdisc.model import Codelist, Dataset, Model, Origin, Type, ValueLevel, Variable

SDTMIG, SDTMIG_MD = "SDTMIG", "SDTMIG-MD"


def _var(name: str, label: str, role: str, of: Type = Type.TEXT, codelist: Codelist | None = None) -> Variable:
    return Variable(name=name, label=label, role=role, type=of, codelist=codelist)


def _derived(name: str, label: str, role: str, of: Type, method: str) -> Variable:
    return Variable(name=name, label=label, role=role, type=of, origin=Origin.DERIVED, method=method)


STUDYID = _var("STUDYID", "Study Identifier", "Identifier")
DOMAIN = _var("DOMAIN", "Domain Abbreviation", "Identifier")
USUBJID = _derived(
    "USUBJID", "Unique Subject Identifier", "Identifier", Type.TEXT, "STUDYID, a hyphen, and the pseudonym"
)
SPDEVID = _var("SPDEVID", "Sponsor Device Identifier", "Identifier")


def _sequence(name: str) -> Variable:
    method = "Number of the record within the subject (device where there is no subject) in the order of the keys"
    return _derived(name, "Sequence Number", "Identifier", Type.INTEGER, method)


def _day(name: str, label: str, of: str) -> Variable:
    method = f"Days of {of} from RFSTDTC; the day itself is 1, the one before it -1"
    return _derived(name, label, "Timing", Type.INTEGER, method)


_EPOCH = _var("EPOCH", "Epoch", "Timing", codelist=terms.EPOCH)

DM = Dataset(
    model=Model.SDTM,
    name="DM",
    label="Demographics",
    structure="One record per subject",
    class_name="SPECIAL PURPOSE",
    standard=SDTMIG,
    keys=("STUDYID", "USUBJID"),
    repeating=False,
    comment="Only what a study of CrampWatch knows; age, sex, race, country and consent are to be merged in.",
    variables=(
        STUDYID,
        DOMAIN,
        USUBJID,
        _var("SUBJID", "Subject Identifier for the Study", "Topic"),
        _derived(
            "RFSTDTC",
            "Subject Reference Start Date/Time",
            "Record Qualifier",
            Type.ISO_DATE,
            "Evening of the first planned night of treatment; of the first night where there is no treatment",
        ),
        _derived(
            "RFENDTC",
            "Subject Reference End Date/Time",
            "Record Qualifier",
            Type.ISO_DATE,
            "Evening of the last planned night",
        ),
        _var("SITEID", "Study Site Identifier", "Record Qualifier"),
        _var("ARMCD", "Planned Arm Code", "Record Qualifier"),
        _var("ARM", "Description of Planned Arm", "Synonym Qualifier"),
        _var("ARMNRS", "Reason Arm and/or Actual Arm is Null", "Record Qualifier"),
    ),
)

DI = Dataset(
    model=Model.SDTM,
    name="DI",
    label="Device Identifiers",
    structure="One record per device identifier element per device",
    class_name="STUDY REFERENCE",
    standard=SDTMIG_MD,
    keys=("STUDYID", "SPDEVID", "DIPARMCD"),
    reference=True,
    comment="Sensors, and every combination of software, profile, model and configuration that counted cramps.",
    sequence="DISEQ",
    variables=(
        STUDYID,
        DOMAIN,
        SPDEVID,
        _sequence("DISEQ"),
        _var("DIPARMCD", "Device Identifier Element Short Name", "Topic", codelist=terms.DEVICE_CODE),
        _var("DIPARM", "Device Identifier Element Name", "Synonym Qualifier"),
        _var("DIVAL", "Device Identifier Element Value", "Result Qualifier"),
    ),
)

DX = Dataset(
    model=Model.SDTM,
    name="DX",
    label="Device Exposure",
    structure="One record per device and leg per subject",
    class_name="INTERVENTIONS",
    standard=SDTMIG_MD,
    keys=("STUDYID", "USUBJID", "DXLAT", "DXSTDTC", "SPDEVID"),
    comment="Who was to wear which sensor on which leg; for how long a night was seen stands in FA.",
    sequence="DXSEQ",
    variables=(
        STUDYID,
        DOMAIN,
        USUBJID,
        SPDEVID,
        _sequence("DXSEQ"),
        _var("DXTRT", "Name of Device Exposure or Output", "Topic"),
        _var("DXLOC", "Location of Device Exposure", "Record Qualifier"),
        _var("DXLAT", "Laterality", "Variable Qualifier", codelist=terms.SIDE),
        _var("DXSTDTC", "Start Date/Time of Device Exposure", "Timing", Type.ISO_DATE),
        _var("DXENDTC", "End Date/Time of Device Exposure", "Timing", Type.ISO_DATE),
    ),
)

DU = Dataset(
    model=Model.SDTM,
    name="DU",
    label="Device-In-Use",
    structure="One record per setting per device, or per subject, leg and stretch of nights",
    class_name="FINDINGS",
    standard=SDTMIG_MD,
    keys=("STUDYID", "USUBJID", "SPDEVID", "DULAT", "DUTESTCD", "DUDTC"),
    comment="Which scoring belongs to which sensor, and the study's rules. Sampling rates are not in a result.",
    sequence="DUSEQ",
    variables=(
        STUDYID,
        DOMAIN,
        USUBJID,
        SPDEVID,
        _sequence("DUSEQ"),
        _var("DUTESTCD", "Device-In-Use Test Short Name", "Topic", codelist=terms.IN_USE_CODE),
        _var("DUTEST", "Device-In-Use Test Name", "Synonym Qualifier"),
        _var("DUORRES", "Result or Finding in Original Units", "Result Qualifier"),
        _var("DUORRESU", "Original Units", "Variable Qualifier", codelist=terms.UNIT),
        _var("DUSTRESC", "Character Result/Finding in Std Format", "Result Qualifier"),
        Variable(
            name="DUSTRESN",
            label="Numeric Result/Finding in Standard Units",
            role="Result Qualifier",
            type=Type.FLOAT,
            places=3,
        ),
        _var("DUSTRESU", "Standard Units", "Variable Qualifier", codelist=terms.UNIT),
        _var("DULAT", "Laterality", "Variable Qualifier", codelist=terms.SIDE),
        _var("DUDTC", "Date/Time of Collection", "Timing", Type.ISO_DATE),
        _var("DUENDTC", "End Date/Time of Observation", "Timing", Type.ISO_DATE),
    ),
)

CE = Dataset(
    model=Model.SDTM,
    name="CE",
    label="Clinical Events",
    structure="One record per cramp, or per leg and night (diary: night) without one, per subject",
    class_name="EVENTS",
    standard=SDTMIG,
    keys=("STUDYID", "USUBJID", "CECAT", "CEDTC", "CELAT", "CESPID"),
    comment="A night that was seen without a cramp reads N, a short one U, a missing one NOT DONE with its reason.",
    sequence="CESEQ",
    variables=(
        STUDYID,
        DOMAIN,
        USUBJID,
        SPDEVID,
        _sequence("CESEQ"),
        _var("CEREFID", "Reference ID", "Identifier"),
        _var("CESPID", "Sponsor-Defined Identifier", "Identifier"),
        _var("CELNKID", "Link ID", "Identifier"),
        _var("CETERM", "Reported Term for the Clinical Event", "Topic"),
        _var("CEDECOD", "Dictionary-Derived Term", "Synonym Qualifier"),
        _var("CECAT", "Category for the Clinical Event", "Grouping Qualifier", codelist=terms.CATEGORY),
        _var("CEPRESP", "Clinical Event Pre-specified", "Variable Qualifier", codelist=terms.YES),
        _var("CEOCCUR", "Clinical Event Occurrence", "Record Qualifier", codelist=terms.YES_NO),
        _var("CESTAT", "Completion Status", "Record Qualifier", codelist=terms.STATUS),
        _var("CEREASND", "Reason Clinical Event Not Collected", "Record Qualifier"),
        _var("CELOC", "Location of Event", "Record Qualifier"),
        _var("CELAT", "Laterality", "Variable Qualifier", codelist=terms.SIDE),
        _EPOCH,
        _var("CEDTC", "Date/Time of Event Collection", "Timing", Type.ISO_DATE),
        _derived(
            "CESTDTC",
            "Start Date/Time of Clinical Event",
            "Timing",
            Type.ISO_DATETIME,
            "Onset of the contraction on the local clock, with its distance from UTC; of a diary as written down",
        ),
        _derived(
            "CEENDTC",
            "End Date/Time of Clinical Event",
            "Timing",
            Type.ISO_DATETIME,
            "End of the contraction on the local clock, with its distance from UTC",
        ),
        _day("CEDY", "Study Day of Event Collection", "CEDTC"),
    ),
)

FA = Dataset(
    model=Model.SDTM,
    name="FA",
    label="Findings About Events or Interventions",
    structure="One record per finding per cramp, or per leg and night, or per night, per subject",
    class_name="FINDINGS ABOUT",
    standard=SDTMIG,
    keys=("STUDYID", "USUBJID", "FACAT", "FADTC", "FALAT", "FALNKID", "FATESTCD"),
    comment="Counts and hours of every expected night, durations and intensities of cramps; a 0 is a count.",
    sequence="FASEQ",
    values=tuple(
        ValueLevel(
            of="FASTRESN",
            where="FATESTCD",
            code=test.code,
            label=test.label,
            type=test.type,
            places=test.places,
            method=test.method,
        )
        for test in terms.TESTS
    ),
    variables=(
        STUDYID,
        DOMAIN,
        USUBJID,
        SPDEVID,
        _sequence("FASEQ"),
        _var("FAREFID", "Reference ID", "Identifier"),
        _var("FALNKID", "Link ID", "Identifier"),
        _var("FATESTCD", "Findings About Test Short Name", "Topic", codelist=terms.TEST_CODE),
        _var("FATEST", "Findings About Test Name", "Synonym Qualifier", codelist=terms.TEST),
        _var("FAOBJ", "Object of the Observation", "Record Qualifier"),
        _var("FACAT", "Category for Findings About", "Grouping Qualifier", codelist=terms.CATEGORY),
        _var("FAORRES", "Result or Finding in Original Units", "Result Qualifier"),
        _var("FAORRESU", "Original Units", "Variable Qualifier", codelist=terms.UNIT),
        _var("FASTRESC", "Character Result/Finding in Std Format", "Result Qualifier"),
        Variable(
            name="FASTRESN",
            label="Numeric Result/Finding in Standard Units",
            role="Result Qualifier",
            type=Type.FLOAT,
            origin=Origin.DERIVED,
            method="By FATESTCD, see there",
            places=6,
        ),
        _var("FASTRESU", "Standard Units", "Variable Qualifier", codelist=terms.UNIT),
        _var("FASTAT", "Completion Status", "Record Qualifier", codelist=terms.STATUS),
        _var("FAREASND", "Reason Not Performed", "Record Qualifier"),
        _var("FALOC", "Location of the Finding About", "Record Qualifier"),
        _var("FALAT", "Laterality", "Variable Qualifier", codelist=terms.SIDE),
        _var("FAEVAL", "Evaluator", "Record Qualifier"),
        _EPOCH,
        _var("FADTC", "Date/Time of Collection", "Timing", Type.ISO_DATE),
        _day("FADY", "Study Day of Collection", "FADTC"),
    ),
)

RELREC = Dataset(
    model=Model.SDTM,
    name="RELREC",
    label="Related Records",
    structure="One record per related data set",
    class_name="RELATIONSHIP",
    standard=SDTMIG,
    keys=("STUDYID", "RDOMAIN", "IDVAR", "RELID"),
    comment="A cramp in CE and its findings in FA have the same link.",
    variables=(
        STUDYID,
        _var("RDOMAIN", "Related Domain Abbreviation", "Identifier"),
        _var("USUBJID", "Unique Subject Identifier", "Identifier"),
        _var("IDVAR", "Identifying Variable", "Identifier"),
        _var("IDVARVAL", "Identifying Variable Value", "Identifier"),
        _var("RELTYPE", "Relationship Type", "Record Qualifier"),
        _var("RELID", "Relationship Identifier", "Identifier"),
    ),
)

"""How the REDCap project is set up: its data dictionary, its events, and which forms repeat in which of them."""

from collections.abc import Iterator

from nights.night_json import NOTICE
from trial.errors import TrialError
from trial.exports.redcap.forms import CRAMP, DIARY, NIGHT, PARTICIPANT, RECORD_ID, Field
from trial.study import Study

DICTIONARY_COLUMNS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
LONGEST_EVENT = 18  # characters of an event's name that REDCap keeps in its unique name
REPEATED = (NIGHT, CRAMP, DIARY)


class RedcapError(TrialError):
    """A study cannot be a REDCap project as it is; the message says why and what to do."""


def dictionary(forms: dict[str, tuple[Field, ...]]) -> Iterator[dict[str, str]]:
    """Give the rows of the data dictionary, `record_id` first, as REDCap demands.

    Every form begins with the notice. What was measured cannot be typed over in REDCap; a diary can go on there.
    """
    for form, fields in forms.items():
        first = next(field for field in fields if field.name != RECORD_ID)
        for field in fields:
            yield dict.fromkeys(DICTIONARY_COLUMNS, "") | {
                "Variable / Field Name": field.name,
                "Form Name": form,
                "Section Header": NOTICE if field is first else "",
                "Field Type": "dropdown" if field.choices else "text",
                "Field Label": field.label,
                "Choices, Calculations, OR Slider Labels": field.choices,
                "Field Note": f"in {field.unit}" if field.unit and field.unit != "1" else "",
                "Text Validation Type OR Show Slider Number": field.validation,
                "Field Annotation": "" if form == DIARY or field.name == RECORD_ID else "@READONLY",
            }


def events_of(study: Study) -> dict[str, tuple[str, str]]:
    """Return the name and the unique name of the event of every period.

    REDCap makes a unique name out of the first 18 characters of a name, with underscores for spaces, and the number
    of the event's arm; what REDCap calls arms are not those of the trial, and everybody is in the first. Raises
    `RedcapError` where two periods come to one unique name.
    """
    found: dict[str, tuple[str, str]] = {}
    for period in study.periods:
        name = " ".join(period.name.replace("-", " ").replace("_", " ").split())
        unique = f"{name.lower().replace(' ', '_')[:LONGEST_EVENT].strip('_')}_arm_1"
        taken = next((other for other, (_, there) in found.items() if there == unique), None)
        if taken is not None:
            raise RedcapError(
                f"periods {taken!r} and {period.name!r} would both be the event {unique!r} of REDCap; name them "
                f"apart in their first {LONGEST_EVENT} characters"
            )
        found[period.name] = (name, unique)
    return found


def event_rows(study: Study) -> Iterator[dict[str, str]]:
    """Give the rows that make the events."""
    for name, unique in events_of(study).values():
        yield {"event_name": name, "arm_num": "1", "unique_event_name": unique}


def form_rows(study: Study) -> Iterator[dict[str, str]]:
    """Give the rows that say which form is in which event: the participant's in the first, the others in all."""
    for number, (_, unique) in enumerate(events_of(study).values()):
        for form in (*((PARTICIPANT,) if number == 0 else ()), *REPEATED):
            yield {"arm_num": "1", "unique_event_name": unique, "form": form}


def repeat_rows(study: Study) -> Iterator[dict[str, str]]:
    """Give the rows that say which form repeats in which event."""
    labels = {NIGHT: "[night_date]", CRAMP: "[seen_onset_local]", DIARY: "[diary_date]"}
    for _, unique in events_of(study).values():
        for form in REPEATED:
            yield {"event_name": unique, "form_name": form, "custom_form_label": labels[form]}

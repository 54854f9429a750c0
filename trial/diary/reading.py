"""A diary from its file, in either form, checked against its study as a whole."""

from dataclasses import dataclass
from pathlib import Path

from trial.diary.checking import entries_of
from trial.diary.entries import DiaryNight
from trial.diary.errors import DiaryError
from trial.diary.lines import LeftOut, read_sheet
from trial.diary.plain import lines_of_plain, problems_of_plain
from trial.diary.redcap import MARKS, RedcapFields, lines_of_redcap, problems_of_redcap
from trial.study import Study

PLAIN, REDCAP = FORMS = ("plain", "redcap")


@dataclass(frozen=True, slots=True)
class DiaryFile:
    """What a file holds: its form, its entries in order, and the lines of it that are none."""

    form: str
    entries: tuple[DiaryNight, ...]
    left_out: tuple[LeftOut, ...]


def read_diary(path: Path, study: Study, form: str | None = None, fields: RedcapFields | None = None) -> DiaryFile:
    """Read a diary of a study. `form` is `plain` or `redcap`; otherwise the header shows it.

    Raises `DiaryError` with everything that is wrong in the file, each with its line.
    """
    sheet = read_sheet(path)
    mapping = fields or RedcapFields()
    if form is None:
        form = REDCAP if fields or any(name in sheet.columns for name in (*MARKS, mapping.complete)) else PLAIN
    left_out: list[LeftOut] = []
    problems = problems_of_plain(sheet) if form == PLAIN else problems_of_redcap(sheet, mapping)
    if problems:
        raise DiaryError(str(path), problems)
    if form == PLAIN:
        lines = list(lines_of_plain(sheet))
    else:
        lines, left_out, problems = lines_of_redcap(sheet, mapping)
    entries, wrong = entries_of(study, lines, path.name)
    if problems or wrong:
        raise DiaryError(str(path), problems + wrong)
    return DiaryFile(form, tuple(entries), tuple(left_out))

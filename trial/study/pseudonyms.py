"""Pseudonyms only: whatever looks like a name, a birth date, an address or a number of a register is refused."""

import re

LONGEST = 20
SHAPE = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")
DATE_SHAPES = (
    re.compile(r"(?<!\d)(?:19|20)\d{2}[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(r"(?<!\d)(?:0[1-9]|[12]\d|3[01])[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:19|20)\d{2}(?!\d)"),
)
LONGEST_LETTERS = 4  # of a run of letters without a digit beside it, as in `ZRH-001`; names are longer
LONGEST_DIGITS = 8  # telephone and insurance numbers are longer


def objection(pseudonym: str) -> str | None:
    """Say what speaks against a pseudonym, None where nothing does.

    A pseudonym is up to 20 letters, digits and single `-`, `_` or `.`, with at least one digit; no part of it is a
    date from 1900 to 2099, a run of more than 4 letters (`Maria-01` might be a name), or of more than 8 digits.
    """
    runs = re.findall(r"[A-Za-z]+|\d+", pseudonym)
    shape = f"is no pseudonym: up to {LONGEST} letters and digits, joined by single - _ or ., as in ZRH-001"
    objections = (
        ("@" in pseudonym, "looks like an e-mail address"),
        (len(pseudonym) > LONGEST or not SHAPE.fullmatch(pseudonym), shape),
        (any(shape.search(pseudonym) for shape in DATE_SHAPES), "holds what looks like a date, perhaps of birth"),
        (not any(run.isdigit() for run in runs), "has no digit and might be a name"),
        (
            any(run.isalpha() and len(run) > LONGEST_LETTERS for run in runs),
            f"has more than {LONGEST_LETTERS} letters in a row and might hold a name",
        ),
        (
            any(run.isdigit() and len(run) > LONGEST_DIGITS for run in runs),
            f"has more than {LONGEST_DIGITS} digits in a row, as a register's number has",
        ),
    )
    return next((f"{pseudonym!r} {why}" for found, why in objections if found), None)

"""What readings come to, row by row as the plan has it."""

import pytest

from models import Label
from trial.review.verdicts import READ_LABELS, State, Verdict, state_of, verdict_of


@pytest.mark.parametrize(
    ("labels", "state", "verdict"),
    [
        ((), State.UNREAD, None),
        (("cramp",), State.READ_ONCE, None),
        (("cramp", "cramp"), State.DONE, Verdict.CRAMP),
        (("gait", "artefact"), State.DONE, Verdict.NOT_CRAMP),  # not a cramp is what they agree on
        (("cramp", "gait"), State.DISPUTED, None),
        (("cramp", "cannot_tell"), State.DISPUTED, None),
        (("gait", "cannot_tell"), State.DISPUTED, None),
        (("cannot_tell", "cannot_tell"), State.DISPUTED, None),  # to agree on not knowing is no answer
        (("cramp", "gait", "cramp"), State.DONE, Verdict.CRAMP),
        (("cramp", "gait", "voluntary"), State.DONE, Verdict.NOT_CRAMP),
        (("cannot_tell", "cramp", "cramp"), State.DONE, Verdict.CRAMP),
        (("cramp", "gait", "cannot_tell"), State.DONE, Verdict.UNDECIDED),
        (("cannot_tell", "cannot_tell", "cramp"), State.DONE, Verdict.UNDECIDED),
    ],
)
def test_readings_come_to(labels: tuple[str, ...], state: State, verdict: Verdict | None) -> None:
    assert (state_of(labels), verdict_of(labels)) == (state, verdict)


def test_a_reader_has_the_labels_of_the_program_and_one_for_not_knowing() -> None:
    assert set(READ_LABELS) == {label.value for label in Label} | {"cannot_tell"}
